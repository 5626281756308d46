import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOT } from "../../../src/git/bot.ts";
import type { GitPlace } from "../../../src/git/git-place.ts";
import { isRefName, isTreePath } from "../../../src/git/names.ts";
import { openObjectReader } from "../../../src/git/objects/object-reader.ts";
import { diffTree, listTree } from "../../../src/git/objects/tree.ts";
import { createGroupedWriter } from "../../../src/git/write/grouped-writes.ts";
import { mergeTree } from "../../../src/git/write/merge-tree.ts";
import { listRefs, updateRefs } from "../../../src/git/write/refs.ts";
import { type CommitDraft, writeCommits } from "../../../src/git/write/write-commits.ts";
import { HOSTILE_PATHS } from "../../support/git/hostile-paths.ts";
import { collect, placeOf } from "../../support/git/place.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";

const AT = 1_700_000_000_000;
let workshop: Workshop;
let place: GitPlace;
let base: string;

beforeAll(async () => {
  workshop = await openWorkshop("bare");
  place = placeOf(workshop, "bare");
  base = await workshop.commit("main", { "a.txt": "a\n", "dir/b.txt": "b\n", "dir/c.txt": "c\n" });
});
afterAll(() => workshop.remove());

function draft(changed: Partial<CommitDraft> = {}): CommitDraft {
  return { parents: [base], files: [], message: "why\n", at: AT, ...changed };
}

async function one(changed: Partial<CommitDraft>): Promise<string> {
  const [sha = ""] = await writeCommits(place, [draft(changed)]);
  return sha;
}

async function texts(commit: string): Promise<Readonly<Record<string, string>>> {
  const reader = openObjectReader(place);
  const listed = await collect(listTree(place, commit));
  const read = await Promise.all(listed.map(({ oid }) => reader.object(oid)));
  await reader.close();
  const textAt = (index: number) => {
    const found = read[index];
    return found?.kind === "object" ? found.bytes.toString() : "";
  };
  return Object.fromEntries(listed.map(({ path }, index) => [path, textAt(index)]));
}

describe("commits", () => {
  test("lay files over their parent and leave the rest", async () => {
    const sha = await one({
      files: [
        { path: "dir/b.txt", text: "new\n" },
        { path: "dir/c.txt", text: undefined },
        { path: "x/y", text: "" },
      ],
    });
    expect(await texts(sha)).toEqual({ "a.txt": "a\n", "dir/b.txt": "new\n", "x/y": "" });
  });

  test("hold every path that Git holds", async () => {
    const sha = await one({ parents: [], files: HOSTILE_PATHS.map((path) => ({ path, text: `${path}!` })) });
    expect(await texts(sha)).toEqual(Object.fromEntries(HOSTILE_PATHS.map((path) => [path, `${path}!`])));
    const gone = await one({ parents: [sha], files: HOSTILE_PATHS.map((path) => ({ path, text: undefined })) });
    expect(await texts(gone)).toEqual({});
  });

  test("any text and any path come back as they went in", async () => {
    const segment = fc
      .string({ unit: "binary", minLength: 1, maxLength: 12 })
      .map((text) => text.replaceAll("/", "_").toWellFormed());
    const path = fc
      .array(segment, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join("/"))
      .filter(isTreePath);
    const files = fc.uniqueArray(
      fc.record({ path, text: fc.string({ unit: "binary", maxLength: 60 }).map((text) => text.toWellFormed()) }),
      {
        selector: (file) => file.path.split("/")[0],
        minLength: 1,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(files, fc.string({ unit: "binary", maxLength: 40 }), async (drafted, message) => {
        const sha = await one({ parents: [], files: drafted, message: message.replaceAll("\0", "") });
        expect(await texts(sha)).toEqual(Object.fromEntries(drafted.map((file) => [file.path, file.text])));
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    "",
    "/abs",
    "a//b",
    "a/",
    "./a",
    "a/../b",
    "..",
    ".git/config",
    "a/.GIT/hooks",
    "GIT~1/x",
    "nul\0",
    "x".repeat(5000),
  ])("refuse the path %j, and write nothing", async (path) => {
    const writing = writeCommits(place, [draft(), draft({ files: [{ path, text: "x" }] })]);
    await expect(writing).rejects.toMatchObject({ name: "GitError", code: "refused" });
  });

  test("are the bot's unless somebody else's, and one name stays one name", async () => {
    expect(await workshop.git("log", "-1", "--format=%an|%ae|%cn|%ce|%at|%B", await one({}))).toBe(
      `${BOT.name}|${BOT.email}|${BOT.name}|${BOT.email}|1700000000|why`,
    );
    const author = { name: "Eve <eve@x>\nparent 0", email: "e@x> 1 +0000\n" };
    const sha = await one({ author, message: "-m\n# kept\nFrom x\ndata 5\n" });
    expect(await workshop.git("log", "-1", "--format=%an|%ae|%P|%B", sha)).toBe(
      `Eve eve@xparent 0|e@x 1 +0000|${base}|-m\n# kept\nFrom x\ndata 5`,
    );
  });

  test("many go through one process, each on its own parent, and no ref is left", async () => {
    const before = await listRefs(place, "refs/");
    const drafts = Array.from({ length: 200 }, (_, index) =>
      draft({ files: [{ path: `agents/${index}`, text: `${index}\n` }] }),
    );
    const shas = await writeCommits(place, [...drafts, draft({ parents: [], files: [{ path: "only", text: "1" }] })]);
    expect(new Set(shas).size).toBe(201);
    expect(await diffTree(place, base, shas[150] ?? "")).toMatchObject([{ path: "agents/150", before: undefined }]);
    expect(await texts(shas[200] ?? "")).toEqual({ only: "1" });
    expect(await listRefs(place, "refs/")).toEqual(before);
    await workshop.git("fsck", "--strict", "--no-dangling");
  });

  test("merge with a listTree that is known", async () => {
    const left = await one({ files: [{ path: "left", text: "l" }] });
    const right = await one({ files: [{ path: "right", text: "r" }] });
    const merged = await mergeTree(place, left, right);
    const sha = await one({ parents: [left, right], tree: merged.kind === "clean" ? merged.tree : "" });
    expect(await texts(sha)).toEqual({ "a.txt": "a\n", "dir/b.txt": "b\n", "dir/c.txt": "c\n", left: "l", right: "r" });
    expect(await workshop.git("log", "-1", "--format=%P", sha)).toBe(`${left} ${right}`);
  });

  test("on a parent that is not here are an error", async () => {
    await expect(one({ parents: ["1".repeat(40)] })).rejects.toMatchObject({ name: "GitError" });
    await expect(one({ parents: ["main"] })).rejects.toMatchObject({ code: "refused" });
  });
});

describe("merging", () => {
  test("names what conflicts, whatever it is called", async () => {
    const left = await one({
      files: [
        { path: "a.txt", text: "left\n" },
        { path: "new\nline", text: "1\n" },
      ],
    });
    const right = await one({
      files: [
        { path: "a.txt", text: "right\n" },
        { path: "new\nline", text: "2\n" },
      ],
    });
    expect(await mergeTree(place, left, right)).toEqual({ kind: "conflict", paths: ["a.txt", "new\nline"] });
  });

  test("histories of their own do not go together", async () => {
    const other = await one({ parents: [], files: [{ path: "z", text: "z" }] });
    expect(await mergeTree(place, base, other)).toEqual({ kind: "conflict", paths: [] });
    await expect(mergeTree(place, base, "1".repeat(40))).rejects.toMatchObject({ name: "GitError" });
  });
});

describe("refs", () => {
  const A = "refs/raos/test/a";
  const B = "refs/raos/test/b";

  test("change together or not at all", async () => {
    const next = await one({ message: "next" });
    await updateRefs(place, [{ ref: A, old: undefined, new: base }]);
    const wrong = updateRefs(place, [
      { ref: B, old: undefined, new: base },
      { ref: A, old: next, new: base },
    ]);
    await expect(wrong).rejects.toMatchObject({ code: "stale" });
    expect(await listRefs(place, "refs/raos/test/")).toEqual(new Map([[A, base]]));
    await expect(updateRefs(place, [{ ref: A, old: undefined, new: next }])).rejects.toMatchObject({ code: "stale" });
    await expect(updateRefs(place, [{ ref: B, old: base, new: next }])).rejects.toMatchObject({ code: "stale" });
    await expect(updateRefs(place, [{ ref: B, old: base, new: undefined }])).rejects.toMatchObject({ code: "stale" });
    await updateRefs(place, [{ ref: A, old: base, new: undefined }]);
    expect(await listRefs(place, "refs/raos/test/")).toEqual(new Map());
  });

  test("a name beside its own folder is a conflict", async () => {
    await updateRefs(place, [{ ref: `${A}/x`, old: undefined, new: base }]);
    await expect(updateRefs(place, [{ ref: A, old: undefined, new: base }])).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(updateRefs(place, [{ ref: `${A}/x/y`, old: undefined, new: base }])).rejects.toMatchObject({
      code: "conflict",
    });
    await updateRefs(place, [{ ref: `${A}/x`, old: base, new: undefined }]);
  });

  test("names are judged as git check-ref-format judges them", async () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "/", ".", "@", "{", "~", "^", ":", "?", "*", "[", "\\", " ", "-", ".lock", "é"),
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(text, async (name) => {
        const ref = `refs/heads/${name}`;
        const legal = await workshop.git("check-ref-format", ref).then(
          () => true,
          () => false,
        );
        expect(isRefName(ref)).toBe(legal);
      }),
      { numRuns: 100 },
    );
    for (const ref of ["refs/heads/a\nb", "refs/heads/a\0b", "HEAD", "refs/heads", "../x", "-x"]) {
      await expect(updateRefs(place, [{ ref, old: undefined, new: base }])).rejects.toMatchObject({ code: "refused" });
    }
  });

  test("of writers that race for one ref, one wins", async () => {
    const shas = await writeCommits(
      place,
      Array.from({ length: 8 }, (_, index) => draft({ message: `racer ${index}` })),
    );
    const race = await Promise.allSettled(
      shas.map((sha) => updateRefs(place, [{ ref: "refs/raos/race", old: undefined, new: sha }])),
    );
    const won = race.flatMap((result, index) => (result.status === "fulfilled" ? [shas[index]] : []));
    expect(won).toHaveLength(1);
    expect([...(await listRefs(place, "refs/raos/race")).values()]).toEqual(won);
  });

  test("writers that touch different refs all get through", async () => {
    const shas = await writeCommits(
      place,
      Array.from({ length: 20 }, (_, index) => draft({ message: `many ${index}` })),
    );
    await Promise.all(
      shas.map((sha, index) => updateRefs(place, [{ ref: `refs/raos/many/${index}`, old: undefined, new: sha }])),
    );
    expect(await listRefs(place, "refs/raos/many/")).toHaveProperty("size", 20);
  });
});

describe("grouped writes", () => {
  test("a write that fails takes no other along", async () => {
    const write = createGroupedWriter(place);
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, index) =>
        write({
          drafts: [
            draft({
              files: [{ path: `g/${index}`, text: "x" }],
              ...(index === 4 ? { parents: ["1".repeat(40)] } : {}),
            }),
          ],
          refs: ([sha]) => [{ ref: `refs/raos/grouped/${index % 8}`, old: undefined, new: sha }],
        }),
      ),
    );
    const failed = results.flatMap((result, index) => (result.status === "rejected" ? [index] : []));
    // Number 4 has no parent; numbers 0 and 8 want the same ref.
    expect(failed).toEqual([4, 8]);
    expect([...(await listRefs(place, "refs/raos/grouped/")).keys()]).toHaveLength(7);
  });
});
