import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { expect } from "vitest";

/** Compares files with a golden folder: the same names, the same bytes. `UPDATE=1` rewrites the folder instead. */
export function expectGolden(folder: string, files: ReadonlyMap<string, string>): void {
  if (process.env.UPDATE === "1") rewrite(folder, files);
  expect(namesIn(folder)).toEqual([...files.keys()].sort());
  for (const [name, text] of files) expect(text, name).toBe(readFileSync(join(folder, name), "utf8"));
}

function rewrite(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function namesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/")).sort();
}
