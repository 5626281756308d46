import fc from "fast-check";
import { dump } from "js-yaml";
import { describe, expect, test } from "vitest";
import { tryEdits } from "../../../src/spec/edit/edit.ts";
import { restoringEdits } from "../../../src/spec/edit/restoring-edits.ts";
import { readYaml } from "../../../src/spec/yaml/read-yaml.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const PLACE = { agent: "acme/triage", file: "agents/acme/triage.yaml", why: "asked", by: "person" } as const;

/** What is restored from three texts: the edits in short, and the text after them. */
function restored(before: string, after: string, now: string) {
  const { edits, changedSince } = restoringEdits(
    { before: bytes(before), after: bytes(after), now: bytes(now) },
    PLACE,
  );
  const short = edits.map((edit) => [edit.kind, edit.at, ...(edit.kind === "remove" ? [] : [edit.to])]);
  return { edits: short, changedSince, text: tryEdits(now, edits).text };
}

describe("the edits that set a change of a spec back", () => {
  test.each([
    ["a value", "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 2 # why\nb: 9\n", [["set", "/a", 1]], "a: 1 # why\nb: 9\n"],
    ["a value that was added", "a: {}\n", "a: {x: 1}\n", "a: {x: 1}\n", [["remove", "/a/x"]], "a: {}\n"],
    [
      "a value that was removed",
      "a: {x: 1, y: 2}\n",
      "a: {y: 2}\n",
      "a: {y: 2}\n",
      [["set", "/a/x", 1]],
      "a: {y: 2, x: 1}\n",
    ],
    ["a list, as one value", "a: [1, 2]\n", "a: [1, 3]\n", "a: [1, 3]\n", [["set", "/a", [1, 2]]], "a: [1, 2]\n"],
    ["what is back already", "a: 1\n", "a: 2\n", "a: 1\n", [], "a: 1\n"],
    ["nothing", "a: 1\n", "a: 1\n", "a: 3\n", [], "a: 3\n"],
  ])("%s", (_, before, after, now, edits, text) => {
    expect(restored(before, after, now)).toEqual({ edits, changedSince: [], text });
  });

  test("not what somebody changed since: it is named", () => {
    expect(restored("a: 1\nb: 1\n", "a: 2\nb: 2\n", "a: 3\nb: 2\n")).toMatchObject({
      edits: [["set", "/b", 1]],
      changedSince: ["/a"],
    });
  });

  test("on the text after the change they give what was before it, whatever was changed", () => {
    const leaf = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom("x", "y z"),
      fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
    );
    const key = fc.constantFrom("a", "b", "c");
    const tree = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { minKeys: 1 })), { minKeys: 1 });
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        const [before, after] = [{ spec: one }, { spec: other }];
        const { text, changedSince } = restored(dump(before), dump(after), dump(after));
        expect(changedSince).toEqual([]);
        expect(readYaml("", bytes(text)).documents[0]?.value).toEqual(before);
      }),
    );
  });
});
