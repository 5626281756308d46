import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { digestOf, programDigest } from "../../../src/survey/memo/program.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const HERE = resolve(import.meta.dirname, "../../..");
let root = "";
let manifest = "";
const digest = () => digestOf(join(root, "src"), manifest);

beforeEach(() => {
  root = temporaryFolder();
  cpSync(join(HERE, "src"), join(root, "src"), { recursive: true });
  manifest = join(root, "package.json");
  cpSync(join(HERE, "package.json"), manifest);
});

test("a copy of the program has its digest", () => {
  expect(digest()).toBe(programDigest());
});

test.each<readonly [what: string, change: (src: string) => void]>([
  ["a file is changed", (src) => writeFileSync(join(src, "spec/edit/edit.ts"), "export const other = 1;\n")],
  ["a file is moved into a folder below", (src) => moved(src, "spec/edit/edit.ts", "spec/edit/deeper/edit.ts")],
  ["a file is added below a folder below", (src) => added(src, "compile/a/b/new.ts")],
  ["two files change places", (src) => swapped(src, "spec/edit/edit.ts", "spec/layers/merge.ts")],
])("is another where %s", (_, change) => {
  const before = digest();
  change(join(root, "src"));
  expect(digest()).not.toBe(before);
});

test("is another where a file below a folder below is changed", () => {
  added(join(root, "src"), "compile/a/new.ts");
  const before = digest();
  writeFileSync(join(root, "src/compile/a/new.ts"), "export const two = 2;\n");
  expect(digest()).not.toBe(before);
});

test("is another where a package has another version", () => {
  const before = digest();
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"js-yaml": "[^"]+"/, '"js-yaml": "9.9.9"'));
  expect(digest()).not.toBe(before);
});

test("is the same where other code is changed", () => {
  const before = digest();
  added(join(root, "src"), "cli/new.ts");
  expect(digest()).toBe(before);
});

function added(src: string, path: string): void {
  mkdirSync(dirname(join(src, path)), { recursive: true });
  writeFileSync(join(src, path), "export const one = 1;\n");
}

function moved(src: string, from: string, to: string): void {
  mkdirSync(dirname(join(src, to)), { recursive: true });
  renameSync(join(src, from), join(src, to));
}

function swapped(src: string, one: string, other: string): void {
  moved(src, one, "kept.ts");
  moved(src, other, one);
  moved(src, "kept.ts", other);
}
