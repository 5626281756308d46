import { structuredPatch } from "diff";
import type { FileChange } from "../../domain/change-set.ts";

/** Above this many changed lines, a file is not compared line by line: the cost grows with the square. */
const EDIT_LIMIT = 400;
const CONTEXT = 3;
/** If the two texts together have more characters, or more lines, they are not compared line by line. */
const MOST_COMPARED = 1024 * 1024;
const MOST_LINES = 40_000;

/** A file's diff, and how many lines it adds and removes. */
export interface FileDiff {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

/**
 * The files' changes as a unified diff in Git's form, three lines of context, for `git apply`. Outside text in
 * it is not escaped.
 */
export function diffText(files: readonly FileChange[]): string {
  return files.map((file) => fileDiff(file).text).join("");
}

/** One file's unified diff, in Git's form; ends in a line end. */
export function fileDiff(file: FileChange): FileDiff {
  const before = file.before?.text ?? "";
  const after = file.text ?? "";
  const header = [
    `diff --git ${quotePath(`a/${file.path}`)} ${quotePath(`b/${file.path}`)}`,
    ...(file.before === undefined ? ["new file mode 100644"] : []),
    ...(file.text === undefined ? ["deleted file mode 100644"] : []),
  ];
  const lines = hunks(before, after);
  if (lines.length === 0) return { text: `${header.join("\n")}\n`, added: 0, removed: 0 };
  const from = file.before === undefined ? "/dev/null" : quotePath(`a/${file.path}`);
  const to = file.text === undefined ? "/dev/null" : quotePath(`b/${file.path}`);
  const count = (sign: string) => lines.reduce((sum, line) => (line.startsWith(sign) ? sum + 1 : sum), 0);
  const text = `${[...header, `--- ${from}`, `+++ ${to}`, ...lines].join("\n")}\n`;
  return { text, added: count("+"), removed: count("-") };
}

/** The removed and the added lines, without their signs. */
export function changedLines(
  before: string,
  after: string,
): { readonly removed: readonly string[]; readonly added: readonly string[] } {
  const lines = hunks(before, after);
  const signed = (sign: string) => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
  return { removed: signed("-"), added: signed("+") };
}

function hunks(before: string, after: string): readonly string[] {
  if (before === after) return [];
  if (before.length + after.length > MOST_COMPARED || linesIn(before) + linesIn(after) > MOST_LINES)
    return singleHunk(before, after);
  if (before === "" || after === "") return singleHunk(before, after);
  const patch = structuredPatch("", "", before, after, "", "", { context: CONTEXT, maxEditLength: EDIT_LIMIT });
  if (patch === undefined) return singleHunk(before, after);
  return patch.hunks.flatMap((hunk) => {
    const range = `@@ -${rangeText(hunk.oldStart, hunk.oldLines)} +${rangeText(hunk.newStart, hunk.newLines)} @@`;
    return [range, ...hunk.lines];
  });
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** One hunk: everything between the equal lines at both ends as removed, then as added. */
function singleHunk(before: string, after: string): readonly string[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let [oldEnd, freshEnd] = [old.length, fresh.length];
  while (oldEnd > start && freshEnd > start && old[oldEnd - 1] === fresh[freshEnd - 1]) {
    oldEnd -= 1;
    freshEnd -= 1;
  }
  const from = Math.max(0, start - CONTEXT);
  const behind = Math.min(CONTEXT, old.length - oldEnd);
  const lines = [
    `@@ -${rangeText(from + 1, oldEnd + behind - from)} +${rangeText(from + 1, freshEnd + behind - from)} @@`,
  ];
  const add = (sign: string, list: readonly string[], first: number, end: number) => {
    for (let at = first; at < end; at += 1) {
      const line = list[at] ?? "";
      if (line.endsWith("\n")) lines.push(sign + line.slice(0, -1));
      else lines.push(sign + line, "\\ No newline at end of file");
    }
  };
  add(" ", old, from, start);
  add("-", old, start, oldEnd);
  add("+", fresh, start, freshEnd);
  add(" ", old, oldEnd, oldEnd + behind);
  return lines;
}

/** The lines of a text, each with its line end; the last may have none. */
function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const next = end < 0 ? text.length : end + 1;
    lines.push(text.slice(at, next));
    at = next;
  }
  return lines;
}

/** The range in a hunk's header. An empty range starts at the line before it: 0 where the file is new or deleted. */
function rangeText(start: number, lines: number): string {
  if (lines === 0) return `${Math.max(start - 1, 0)},0`;
  return lines === 1 ? `${start}` : `${start},${lines}`;
}

/** Git quotes a path that holds control characters, quotes or backslashes, as C does. */
function quotePath(path: string): string {
  if (!/[\p{Cc}"\\]/u.test(path)) return path;
  const escaped = path.replace(/[\p{Cc}"\\]/gu, (char) => (char === '"' || char === "\\" ? `\\${char}` : octal(char)));
  return `"${escaped}"`;
}

function octal(char: string): string {
  return [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
