import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileChange } from "../../../src/domain/change-set.ts";
import { diffText, fileDiff } from "../../../src/pr/body/diff-text.ts";

const change = (path: string, before: string | undefined, text: string | undefined): FileChange => ({
  path,
  before: before === undefined ? undefined : { oid: "0".repeat(40), text: before },
  text,
});

/** What Git makes of the files when it applies the diff. */
function applied(files: readonly FileChange[], diff: string): readonly (string | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), "diff-"));
  try {
    for (const { path, before } of files) {
      if (before === undefined) continue;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), before.text);
    }
    const git = spawnSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: diff, encoding: "utf8" });
    if (git.status !== 0) throw new Error(git.stderr);
    return files.map(({ path }) => {
      try {
        return readFileSync(join(folder, path), "utf8");
      } catch {
        return undefined;
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const line = fc.constantFrom("a: 1", "b: 2", "c:", "  - d", "", "--- x", "+++ y", "\\ No newline", "@@ -1 +1 @@", "ä");
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("\n", ""))
  .map(([lines, end]) => (lines.length === 0 ? "" : lines.join("\n") + end));

describe("diffText", () => {
  test("one value", () => {
    expect(
      diffText([change("deploy/production/acme/triage/values.yaml", "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 4\nc: 3\n")]),
    ).toBe(
      [
        "diff --git a/deploy/production/acme/triage/values.yaml b/deploy/production/acme/triage/values.yaml",
        "--- a/deploy/production/acme/triage/values.yaml",
        "+++ b/deploy/production/acme/triage/values.yaml",
        "@@ -1,3 +1,3 @@",
        " a: 1",
        "-b: 2",
        "+b: 4",
        " c: 3",
        "",
      ].join("\n"),
    );
  });

  test("files that come and go, also without an end of line, and paths that Git quotes", () => {
    const files = [
      change("new.yaml", undefined, "a: 1\n"),
      change("gone.yaml", "a: 1\nb: 2", undefined),
      change('odd "\t\n name.yaml', "a\n", "b\n"),
      change("empty.yaml", undefined, ""),
    ];
    expect(applied(files, diffText(files))).toEqual(["a: 1\n", undefined, "b\n", ""]);
  });

  test("Git applies it, whatever the texts", () => {
    fc.assert(
      fc.property(fc.option(text, { nil: undefined }), fc.option(text, { nil: undefined }), (before, after) => {
        if (before === after) return;
        const files = [change("f", before, after)];
        expect(applied(files, diffText(files))).toEqual([after]);
      }),
      { numRuns: 150 },
    );
  });

  test("two long texts that have nothing in common are shown as a whole, at once", () => {
    const many = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word} ${index}\n`).join("");
    const files = [change("f", many("before"), many("after"))];
    expect(files.map(fileDiff)).toMatchObject([{ added: 20_000, removed: 20_000 }]);
    expect(applied(files, diffText(files))).toEqual([many("after")]);
  }, 20_000);

  test("of two texts too long to be compared, what is the same at both ends is not shown", () => {
    const long = (middle: string) => `${"head\n".repeat(20_000)}${middle}${"tail\n".repeat(20_000)}`;
    for (const [before, after, added, removed] of [
      [long("old\nmore\n"), long("new\n"), 1, 2],
      [long(""), long("new\n"), 1, 0],
      [long("old\n"), long(""), 0, 1],
      [long(""), `${long("")}no end`, 1, 0],
      [`x\n${long("")}`, long(""), 0, 1],
    ] as const) {
      const files = [change("f", before, after)];
      expect(files.map(fileDiff)).toMatchObject([{ added, removed }]);
      expect(applied(files, diffText(files))).toEqual([after]);
    }
  });

  test("nothing changed, nothing said", () => {
    expect(diffText([])).toBe("");
    expect(fileDiff(change("f", "a\n", "a\n"))).toMatchObject({ added: 0, removed: 0 });
  });
});
