import { COMMANDS, type CommandName } from "../../domain/review/command.ts";
import { code, prose, table } from "../markdown.ts";

/** Begins the hidden mark of an answer. */
const MARK = "<!-- raos:answers:";

/** What each command does, and whether it needs the right to push. */
const TEXTS: { readonly [K in CommandName]: { readonly says: string; readonly needsPush: boolean } } = {
  help: { says: "lists the commands", needsPush: false },
  plan: { says: "says what merging this pull request would do", needsPush: false },
  why: { says: "says why this pull request or issue of RAOS is as it is", needsPush: false },
  explain: {
    says: "says where an agent's values come from; behind it: an agent, and a pointer such as /spec/scaling",
    needsPush: false,
  },
  generate: { says: "commits the generated files to this branch", needsPush: true },
  rebase: { says: "builds this pull request of RAOS anew on the default branch", needsPush: true },
  recreate: {
    says: "closes this pull request of RAOS, whoever committed to it, and has a new one opened",
    needsPush: true,
  },
  promote: {
    says: "opens the pull request that brings an agent's change into its next environments; behind it: an agent, an environment",
    needsPush: true,
  },
  revert: { says: "opens a pull request that takes back what this merged one of RAOS changed", needsPush: true },
  hold: {
    says: "has RAOS open and merge nothing for an agent, until somebody ends it; behind it: an agent, and why",
    needsPush: true,
  },
  resume: { says: "ends that; behind it: an agent", needsPush: true },
  create: { says: "opens the pull request of a new agent; behind it: what it is to do, in words", needsPush: true },
  change: {
    says: "opens the pull request that changes an agent; behind it: an agent, and what is to change, in words",
    needsPush: true,
  },
};

/** Whether only those may ask who may push to the repository; others may ask if they may see it. */
export function needsPush(name: CommandName): boolean {
  return TEXTS[name].needsPush;
}

/** The commands and what they do. */
export function helpText(): string {
  const rows = COMMANDS.map((name) => [
    code(`/raos ${name}`),
    `${TEXTS[name].says}${needsPush(name) ? " (for who may push)" : ""}`,
  ]);
  return table(["command", "what it does"], rows);
}

/** What an unknown command is answered with. */
export function unknownText(word: string): string {
  return `There is no command ${code(`/raos ${word}`)}.\n\n${helpText()}`;
}

/** What somebody is answered who may not ask for it. */
export function refusedText(name: CommandName, author: string): string {
  return needsPush(name)
    ? `${code(`/raos ${name}`)} is for people who may push to this repository, and ${prose(author, 64)} may not.`
    : `${code(`/raos ${name}`)} is for people who work on this repository, and ${prose(author, 64)} does not.`;
}

/** The answer to a comment, with the mark by which a later pass knows that the comment was answered. */
export function answerBody(comment: number, texts: readonly string[]): string {
  return `${texts.join("\n\n---\n\n").slice(0, 60_000)}\n\n${MARK}${comment} -->`;
}

/** Begins the hidden mark of an answer to an issue that asks for an agent. */
const ISSUE_MARK = "<!-- raos:answers-issue:";

/** The answer to an issue that asks for an agent, with the mark by which a later pass knows that it was answered. */
export function issueAnswer(issue: number, text: string): string {
  return `${text.slice(0, 60_000)}\n\n${ISSUE_MARK}${issue} -->`;
}

/** Whether a text of RAOS is the answer to this issue. An answer may quote anything; its mark is its end. */
export function answersIssue(body: string, issue: number): boolean {
  return body.trimEnd().endsWith(`${ISSUE_MARK}${issue} -->`);
}

/** What the author of such an issue is answered who may not ask. */
export function refusedIssueText(author: string): string {
  return `Agents are for people to ask for who may push to this repository, and ${prose(author, 64)} may not. One of them can comment ${code("/raos create …")} here.`;
}

/** The comment that a text of RAOS answers; undefined where it answers none. */
export function answeredComment(body: string): number | undefined {
  const start = body.lastIndexOf(MARK);
  const id = start < 0 ? "" : body.slice(start + MARK.length, start + MARK.length + 20);
  const [, digits] = /^([1-9]\d{0,15}) -->/.exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
