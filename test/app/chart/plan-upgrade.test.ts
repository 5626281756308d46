import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChartOrigin, decodeOrigin, encodeOrigin, originOf } from "../../../src/app/chart/chart-origin.ts";
import { type FileUpgrade, originAfter, planUpgrade } from "../../../src/app/chart/plan-upgrade.ts";

type Files = Readonly<Record<string, string>>;

const bytesOf = (files: Files): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
const textOf = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

interface Case {
  /** What was shipped before; null where nobody knows. */
  readonly before: Files | null;
  readonly now: Files;
  readonly yours: Files;
  /** Whether what was shipped before can still be read. */
  readonly isFound?: boolean;
}

/** Two changes of one text merge where they are in different lines. */
function mergeLines(yours: string, base: string, fresh: string): string | undefined {
  const [mine, old, theirs] = [yours, base, fresh].map((text) => text.split("\n"));
  if (mine?.length !== old?.length || theirs?.length !== old?.length) return undefined;
  const lines = old?.map((line, at) =>
    mine?.[at] === line ? theirs?.[at] : theirs?.[at] === line ? mine?.[at] : undefined,
  );
  return lines?.every((line) => line !== undefined) === true ? lines.join("\n") : undefined;
}

async function plan({ before, now, yours, isFound = true }: Case): Promise<readonly FileUpgrade[]> {
  const origin = before === null ? undefined : originOf(bytesOf(before));
  const byId = new Map([...(origin?.files ?? [])].map(([path, oid]) => [oid, before?.[path] ?? ""]));
  return planUpgrade({
    shipped: bytesOf(now),
    present: bytesOf(yours),
    origin,
    contentOf: async (oid) => (isFound && byId.has(oid) ? Buffer.from(byId.get(oid) ?? "") : undefined),
    merge: async (...texts) => {
      const [mine = "", base = "", fresh = ""] = texts.map((one) => textOf(one));
      const merged = mergeLines(mine, base, fresh);
      return merged === undefined ? undefined : Buffer.from(merged);
    },
  });
}

/** `merged f: text`, `conflict f: same-place`. */
function word(one: FileUpgrade): string {
  const more = "text" in one ? `: ${textOf(one.text)}` : one.kind === "conflict" ? `: ${one.why}` : "";
  return `${one.kind} ${one.path}${more}`;
}

describe("what becomes of a file", () => {
  test.each<[string, Case, readonly string[]]>([
    ["the same everywhere", { before: { f: "a" }, now: { f: "a" }, yours: { f: "a" } }, ["unchanged f"]],
    ["changed by RAOS", { before: { f: "a" }, now: { f: "b" }, yours: { f: "a" } }, ["replaced f: b"]],
    ["changed by the person", { before: { f: "a" }, now: { f: "a" }, yours: { f: "b" } }, ["kept f"]],
    ["changed alike by both", { before: { f: "a" }, now: { f: "b" }, yours: { f: "b" } }, ["unchanged f"]],
    [
      "changed by both, in different places",
      { before: { f: "1\n2" }, now: { f: "1\nb" }, yours: { f: "a\n2" } },
      ["merged f: a\nb"],
    ],
    [
      "changed by both, in one place",
      { before: { f: "1" }, now: { f: "b" }, yours: { f: "a" } },
      ["conflict f: same-place"],
    ],
    [
      "changed by both, and what was shipped is lost",
      { before: { f: "1\n2" }, now: { f: "1\nb" }, yours: { f: "a\n2" }, isFound: false },
      ["conflict f: no-record"],
    ],
    ["new", { before: {}, now: { f: "a" }, yours: {} }, ["added f: a"]],
    [
      "new, where the person has one of that name",
      { before: {}, now: { f: "a" }, yours: { f: "b" } },
      ["conflict f: no-record"],
    ],
    ["no longer shipped", { before: { f: "a" }, now: {}, yours: { f: "a" } }, ["deleted f"]],
    [
      "no longer shipped, and changed",
      { before: { f: "a" }, now: {}, yours: { f: "b" } },
      ["conflict f: no-longer-shipped"],
    ],
    ["no longer shipped, and deleted", { before: { f: "a" }, now: {}, yours: {} }, []],
    ["deleted by the person", { before: { f: "a" }, now: { f: "a" }, yours: {} }, ["kept f"]],
    [
      "deleted by the person, and changed",
      { before: { f: "a" }, now: { f: "b" }, yours: {} },
      ["conflict f: deleted-here"],
    ],
    ["only the person's", { before: {}, now: {}, yours: { f: "a" } }, []],
    [
      "without a note of what was shipped",
      { before: null, now: { f: "a", g: "b", h: "c" }, yours: { f: "a", g: "x" } },
      ["unchanged f", "conflict g: no-record", "added h: c"],
    ],
  ])("%s", async (_name, one, expected) => {
    expect((await plan(one)).map(word)).toEqual(expected);
  });

  const text = fc
    .array(fc.constantFrom("1", "2", "3"), { minLength: 1, maxLength: 3 })
    .map((lines) => lines.join("\n"));
  const files = fc.dictionary(fc.constantFrom("a", "b", "c/d"), text, { noNullPrototype: true });

  test("nothing that a person wrote is lost, whatever was shipped before and is now", async () => {
    await fc.assert(
      fc.asyncProperty(fc.option(files), files, files, fc.boolean(), async (before, now, yours, isFound) => {
        for (const one of await plan({ before, now, yours, isFound })) {
          const [mine, old] = [yours[one.path], before?.[one.path]];
          const isMine = mine !== old;
          if (one.kind === "replaced" || one.kind === "deleted") expect(isMine).toBe(false);
          if (one.kind === "added") expect(mine).toBeUndefined();
          if (one.kind === "merged")
            expect(textOf(one.text)).toBe(mergeLines(mine ?? "", old ?? "", now[one.path] ?? ""));
        }
      }),
    );
  });

  test("an upgrade after an upgrade has nothing to do, but for conflicts, which stay until they are settled", async () => {
    await fc.assert(
      fc.asyncProperty(files, files, files, fc.boolean(), async (before, now, yours, isSettled) => {
        const first = await plan({ before, now, yours });
        const result: Record<string, string> = { ...yours };
        for (const one of first) {
          if ("text" in one) result[one.path] = textOf(one.text) ?? "";
          if (one.kind === "deleted") delete result[one.path];
        }
        const origin = originAfter(first, originOf(bytesOf(before)), originOf(bytesOf(now)), isSettled);
        const byId = new Map([...originOf(bytesOf(before)).files].map(([path, oid]) => [oid, before[path] ?? ""]));
        const again = await planUpgrade({
          shipped: bytesOf(now),
          present: bytesOf(result),
          origin,
          contentOf: async (oid) => (byId.has(oid) ? Buffer.from(byId.get(oid) ?? "") : undefined),
          merge: async () => undefined,
        });
        const waiting = first.filter((one) => one.kind === "conflict" && one.shipped !== undefined && !isSettled);
        const done = again.filter(({ kind }) => kind !== "unchanged" && kind !== "kept");
        expect(done.map(({ path }) => path)).toEqual(waiting.map(({ path }) => path));
      }),
    );
  });
});

describe("the note of what was shipped", () => {
  const origin: ChartOrigin = originOf(
    bytesOf({ "Chart.yaml": "name: agent\nversion: 0.1.0\n", "templates/a.yaml": "a\n" }),
  );

  test("is read as it was written", () => {
    expect(origin.version).toBe("0.1.0");
    expect(decodeOrigin(encodeOrigin(origin))).toEqual(origin);
  });

  test.each([["not JSON"], ['{"version":1}'], ['{"version":"1","files":{"a":"../x"}}'], [" ".repeat(2_000_000)]])(
    "is no note where a person broke it",
    (text) => {
      expect(decodeOrigin(Buffer.from(text))).toBeUndefined();
    },
  );
});
