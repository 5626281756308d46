import type { FileChange } from "../domain/change.ts";
import { fileDiff } from "./diff-text.ts";
import { code, counted, fenced, some } from "./markdown.ts";

/**
 * The diff, collapsed, at several lengths: files that are too long for what room there is are named and left out whole.
 * Files that people write come first, since what is generated follows from them.
 */
export function filesSection(files: readonly FileChange[]): readonly string[] {
  if (files.length === 0) return [""];
  const sorted = [...files.filter((file) => !isGenerated(file)), ...files.filter(isGenerated)];
  const diffs = sorted.map((file) => {
    const diff = fileDiff(file);
    return { file, text: fenced(diff.text, "diff"), added: diff.added, removed: diff.removed };
  });
  const added = diffs.reduce((sum, diff) => sum + diff.added, 0);
  const removed = diffs.reduce((sum, diff) => sum + diff.removed, 0);
  const total = `${counted(files.length, "file")} (+${added} −${removed})`;
  const show = (room: number) => {
    const fitting: string[] = [];
    const left: string[] = [];
    let used = 0;
    for (const { file, text } of diffs) {
      const isTooLong = used + text.length > room;
      (isTooLong ? left : fitting).push(isTooLong ? code(file.path, 160) : text);
      if (!isTooLong) used += text.length;
    }
    const note = left.length === 0 ? [] : [`Too long to show here: ${some(left, 10)}. The Files tab has everything.`];
    return [
      "<details>",
      `<summary>Diff of ${total}</summary>`,
      "",
      [...fitting, ...note].join("\n\n"),
      "",
      "</details>",
    ].join("\n");
  };
  return [...new Set([58_000, 40_000, 20_000, 8_000, 0].map(show)), `${total} change.`];
}

function isGenerated(file: FileChange): boolean {
  return file.path.startsWith("deploy/");
}
