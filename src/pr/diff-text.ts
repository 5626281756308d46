import { structuredPatch } from "diff";
import type { FileChange } from "../domain/change.ts";

/** Above this many changed lines in one file a line-by-line comparison is given up, since its cost grows with the square. */
const EDIT_LIMIT = 400;
/** Characters, and lines, of the two texts together above which they are not compared line by line. */
const MOST_COMPARED = 1024 * 1024;
const MOST_LINES = 40_000;

/** A file's diff, and how many lines it adds and removes. */
export interface FileDiff {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

/** The files' changes as a unified diff in Git's form, three lines of context; `git apply` takes it. Raw: outside text is as it is. */
export function diffText(files: readonly FileChange[]): string {
  return files.map((file) => fileDiff(file).text).join("");
}

/** One file's unified diff, in Git's form; ends in a line end. */
export function fileDiff(file: FileChange): FileDiff {
  const before = file.before?.text ?? "";
  const after = file.text ?? "";
  const header = [
    `diff --git ${quoted(`a/${file.path}`)} ${quoted(`b/${file.path}`)}`,
    ...(file.before === undefined ? ["new file mode 100644"] : []),
    ...(file.text === undefined ? ["deleted file mode 100644"] : []),
  ];
  const lines = hunks(before, after);
  if (lines.length === 0) return { text: `${header.join("\n")}\n`, added: 0, removed: 0 };
  const from = file.before === undefined ? "/dev/null" : quoted(`a/${file.path}`);
  const to = file.text === undefined ? "/dev/null" : quoted(`b/${file.path}`);
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  const text = `${[...header, `--- ${from}`, `+++ ${to}`, ...lines].join("\n")}\n`;
  return { text, added: count("+"), removed: count("-") };
}

/** The lines that go and the lines that come, without their signs. */
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
    return rewritten(before, after);
  const patch = structuredPatch("", "", before, after, "", "", { context: 3, maxEditLength: EDIT_LIMIT });
  if (patch === undefined) return rewritten(before, after);
  return patch.hunks.flatMap((hunk) => {
    const range = `@@ -${place(hunk.oldStart, hunk.oldLines)} +${place(hunk.newStart, hunk.newLines)} @@`;
    return [range, ...hunk.lines];
  });
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function rewritten(before: string, after: string): readonly string[] {
  const old = linesOf(before, "-");
  const fresh = linesOf(after, "+");
  const count = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("\\")).length;
  return [`@@ -${place(1, count(old))} +${place(1, count(fresh))} @@`, ...old, ...fresh];
}

function linesOf(text: string, sign: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const complete = lines.at(-1) === "";
  if (complete) lines.pop();
  return [...lines.map((line) => sign + line), ...(complete ? [] : ["\\ No newline at end of file"])];
}

/** A range of no lines starts at the line before it: 0 where the file is new or gone. */
function place(start: number, lines: number): string {
  if (lines === 0) return `${Math.max(start - 1, 0)},0`;
  return lines === 1 ? `${start}` : `${start},${lines}`;
}

/** Git quotes a path that holds control characters, quotes or backslashes, as C does. */
function quoted(path: string): string {
  if (!/[\p{Cc}"\\]/u.test(path)) return path;
  const escaped = path.replace(/[\p{Cc}"\\]/gu, (char) => (char === '"' || char === "\\" ? `\\${char}` : octal(char)));
  return `"${escaped}"`;
}

function octal(char: string): string {
  return [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
