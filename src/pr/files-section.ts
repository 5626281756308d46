import type { FileChange } from "../domain/change.ts";
import { fileDiff } from "./diff-text.ts";
import { code, counted, fenced, some } from "./markdown.ts";

/** A file's diff as a fenced block. */
export interface ShownDiff {
  readonly path: string;
  readonly block: string;
  readonly added: number;
  readonly removed: number;
}

/** Room for the frame around the diffs, and the names of files that are left out. */
const FRAME = 2200;

/** The diffs of these files; those of files that people write come first, since what is generated follows from them. */
export function diffsOf(files: readonly FileChange[]): readonly ShownDiff[] {
  const isGenerated = (file: FileChange) => file.path.startsWith("deploy/");
  const sorted = [...files.filter((file) => !isGenerated(file)), ...files.filter(isGenerated)];
  return sorted.map((file) => {
    const { text, added, removed } = fileDiff(file);
    return { path: file.path, block: fenced(text, "diff"), added, removed };
  });
}

/** The diff, collapsed, in at most `room` characters: files that are too long are left out whole and named. */
export function filesSection(diffs: readonly ShownDiff[], room: number): string {
  if (diffs.length === 0) return "";
  const count = (key: "added" | "removed") => diffs.reduce((sum, diff) => sum + diff[key], 0);
  const total = `${counted(diffs.length, "file")} (+${count("added")} −${count("removed")})`;
  if (room < FRAME) return room < 80 ? "" : `${total} change.`;
  const fitting: string[] = [];
  const left: string[] = [];
  let used = FRAME;
  for (const { path, block } of diffs) {
    const length = block.length + 2;
    if (used + length > room) left.push(code(path, 80));
    else fitting.push(block);
    used += used + length > room ? 0 : length;
  }
  const note = left.length === 0 ? [] : [`Too long to show here: ${some(left, 10)}. The Files tab has everything.`];
  const inner = [...fitting, ...note].join("\n\n");
  return `<details>\n<summary>Diff of ${total}</summary>\n\n${inner}\n\n</details>`;
}
