import type { Instant } from "../values/scalars.ts";

/** What people can ask for in a comment. */
export const COMMANDS = [
  "help",
  "plan",
  "why",
  "explain",
  "generate",
  "rebase",
  "recreate",
  "promote",
  "revert",
  "hold",
  "resume",
  "create",
  "change",
] as const;
export type CommandName = (typeof COMMANDS)[number];

/**
 * A command of a comment, with what stands behind it on the line: at most 200 characters, and 2,000 of a request in words; "unknown"
 * where RAOS has no such command.
 */
export type Command =
  | { readonly kind: "command"; readonly name: CommandName; readonly rest: string }
  | { readonly kind: "unknown"; readonly word: string };

/** A comment by somebody on an issue or pull request. */
export interface ThreadComment {
  readonly id: number;
  /** Of the issue or pull request. */
  readonly number: number;
  readonly author: string;
  /** False where an account that is no person wrote it. */
  readonly byPerson: boolean;
  /** Whether RAOS itself wrote it. */
  readonly isOwn: boolean;
  readonly isEdited: boolean;
  readonly body: string;
  readonly at: Instant;
}

/** An issue of a person with this label asks for an agent. */
export const REQUEST_LABEL = "raos-create";

/** An open issue that somebody labelled as a request. */
export interface RequestIssue {
  readonly number: number;
  readonly author: string;
  /** False where an account that is no person wrote it. */
  readonly byPerson: boolean;
  readonly title: string;
  readonly body: string;
}

/** Characters of a comment that are read, and commands of it that are answered. */
const LONGEST = 65_536;
const LONGEST_LINE = 200;
const LONGEST_REQUEST = 2000;
const MOST = 5;

/**
 * The commands of a comment: lines that begin with `/raos` and a word, in any case. Quoted lines, code and HTML comments are what
 * somebody else said, or an example. The same command, with the same words, counts once. Takes time in proportion to the comment.
 */
export function readCommands(body: string): readonly Command[] {
  const found = new Map<string, Command>();
  for (const line of plainLines(body.slice(0, LONGEST))) {
    const [first = "", word = ""] = line.slice(0, LONGEST_LINE).trimEnd().split(/\s+/);
    if (first.toLowerCase() !== "/raos") continue;
    const longest = /^(?:create|change)$/i.test(word) ? LONGEST_REQUEST : LONGEST_LINE;
    const [, , ...rest] = line.slice(0, longest).trimEnd().split(/\s+/);
    const command = commandOf(word === "" ? "help" : word.toLowerCase(), rest.join(" "));
    const key = command.kind === "command" ? `${command.name} ${command.rest}`.trimEnd() : `? ${command.word}`;
    if (!found.has(key)) found.set(key, command);
    if (found.size >= MOST) break;
  }
  return [...found.values()];
}

function commandOf(word: string, rest: string): Command {
  const name = COMMANDS.find((one) => one === word);
  return name === undefined ? { kind: "unknown", word: word.slice(0, 40) } : { kind: "command", name, rest };
}

/** The lines outside of code fences and HTML comments. */
function* plainLines(body: string): Generator<string> {
  let fence: string | undefined;
  let isComment = false;
  for (const line of body.split("\n")) {
    const text = line.replace(/\r$/, "");
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (fence !== undefined) {
      if (marks?.startsWith(fence) === true) fence = undefined;
    } else if (isComment) isComment = !text.includes("-->");
    else if (marks !== undefined) fence = marks;
    else if (text.trimStart().startsWith("<!--")) isComment = !text.includes("-->");
    else yield text;
  }
}
