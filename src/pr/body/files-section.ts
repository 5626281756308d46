import type { FileChange } from "../../domain/change-set.ts";
import type { Work } from "../../domain/work.ts";
import { code, counted, fenced, some } from "../markdown.ts";
import { fileDiff } from "./diff-text.ts";

/** A file's diff as a fenced block; undefined where it is longer than a body may be. */
export interface ShownDiff {
  readonly path: string;
  readonly block: string | undefined;
  readonly added: number;
  readonly removed: number;
}

/** Characters of a diff above which it fits no body. */
const LONGEST = 65_536;
/** Room for what is around the diffs, and for the names of files that are left out. */
const FRAME = 2200;

/** The diffs of these files; those of files that people write come first, since what is generated follows from them. */
export function* diffsOf(files: readonly FileChange[]): Work<readonly ShownDiff[]> {
  const isGenerated = (file: FileChange) => file.path.startsWith("deploy/");
  const sorted = [...files.filter((file) => !isGenerated(file)), ...files.filter(isGenerated)];
  const diffs: ShownDiff[] = [];
  for (const file of sorted) {
    const { text, added, removed } = fileDiff(file);
    // A diff that is longer than any body is not formatted.
    const block = text.length > LONGEST ? undefined : fenced(text, "diff");
    diffs.push({ path: file.path, block, added, removed });
    yield;
  }
  return diffs;
}

/**
 * The diff, collapsed, in at most `room` characters. A file whose diff does not fit is named instead. `copied`: files of copies of
 * the chart that are not among the diffs.
 */
export function filesSection(diffs: readonly ShownDiff[], copied: number, room: number): string {
  if (diffs.length === 0) return "";
  const count = (key: "added" | "removed") => diffs.reduce((sum, diff) => sum + diff[key], 0);
  const total = `${counted(diffs.length, "file")} (+${count("added")} −${count("removed")})`;
  if (room < FRAME) return room < 80 ? "" : `${total} change.`;
  const fitting: string[] = [];
  const left: string[] = [];
  let used = FRAME;
  for (const { path, block } of diffs) {
    const length = (block?.length ?? LONGEST) + 2;
    if (block === undefined || used + length > room) {
      left.push(code(path, 80));
      continue;
    }
    fitting.push(block);
    used += length;
  }
  const hidden = copied === 0 ? [] : [`Not shown: ${counted(copied, "file")} of copies of the chart.`];
  const note =
    left.length === 0 ? hidden : [...hidden, `Too long to show here: ${some(left, 10)}. The Files tab has everything.`];
  const inner = [...fitting, ...note].join("\n\n");
  return `<details>\n<summary>Diff of ${total}</summary>\n\n${inner}\n\n</details>`;
}
