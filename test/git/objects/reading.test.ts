import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blobOid } from "../../../src/domain/values/object-id.ts";
import type { GitPlace } from "../../../src/git/git-place.ts";
import { openObjectReader } from "../../../src/git/objects/object-reader.ts";
import { diffTree, listEntries, listFolders, listTree } from "../../../src/git/objects/tree.ts";
import { readSlice } from "../../../src/survey/source/slice-snapshot.ts";
import { HOSTILE_PATHS } from "../../support/git/hostile-paths.ts";
import { collect, placeOf } from "../../support/git/place.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";

const TEXTS = Object.fromEntries(HOSTILE_PATHS.map((path, index) => [path, `text ${index}\n`]));
const ABSENT = ["nope", "line", "line\nend2", "a b", "-", "", "..", "./Case", "Case/", "é", "\0"];

describe("a repository of hostile paths", () => {
  let workshop: Workshop;
  let place: GitPlace;
  let commit: string;
  beforeAll(async () => {
    workshop = await openWorkshop("bare");
    place = placeOf(workshop, "bare");
    commit = await workshop.commit("main", TEXTS);
  });
  afterAll(() => workshop.remove());

  test("lists each path once, as it is", async () => {
    const listed = await collect(listTree(place, commit));
    expect(listed.map(({ path }) => path).sort()).toEqual([...HOSTILE_PATHS].sort());
    for (const { path, oid, mode } of listed)
      expect({ oid, mode }).toEqual({ oid: blobOid(TEXTS[path] ?? ""), mode: "100644" });
  });

  test("finds each path by its very name, and no pattern", async () => {
    for (const path of HOSTILE_PATHS) {
      expect((await listEntries(place, commit, [path])).map((entry) => entry.path)).toEqual([path]);
    }
    expect(await listEntries(place, commit, ABSENT)).toEqual([]);
    expect(await listEntries(place, commit, HOSTILE_PATHS)).toHaveLength(HOSTILE_PATHS.length);
  });

  test("finds what is below a folder", async () => {
    expect((await listEntries(place, commit, ["é/", "a b/", "Case/"])).map(({ path }) => path)).toEqual([
      "a b/c\td",
      "é/ü/値.yaml",
    ]);
    expect((await collect(listTree(place, commit, "é"))).map(({ path }) => path)).toEqual(["é/ü/値.yaml"]);
    expect(await collect(listTree(place, commit, "nope"))).toEqual([]);
    expect(await collect(listTree(place, commit, ".."))).toEqual([]);
  });

  test("one reader answers every path, asked for at once", async () => {
    const reader = openObjectReader(place);
    const reads = await Promise.all(
      [...HOSTILE_PATHS, ...ABSENT, ...HOSTILE_PATHS].map((path) => reader.at(commit, path)),
    );
    const texts = reads.map((read) =>
      read.kind === "object" && read.type === "blob" ? read.bytes.toString() : undefined,
    );
    const known = HOSTILE_PATHS.map((path) => TEXTS[path]);
    expect(texts).toEqual([...known, ...ABSENT.map(() => undefined), ...known]);
    await reader.close();
  });

  test("a reader lists one level, and no level that is none", async () => {
    const reader = openObjectReader(place);
    expect((await reader.list(commit, "é"))?.map(({ path, mode }) => [path, mode])).toEqual([["é/ü", "040000"]]);
    expect(await reader.list(commit, "")).toHaveLength(HOSTILE_PATHS.length);
    expect(await reader.list(commit, "Case")).toBeUndefined();
    expect(await reader.list(commit, "nope")).toBeUndefined();
    await reader.close();
  });

  test("only whole ids are objects: no abbreviation, no ref, no option", async () => {
    const reader = openObjectReader(place);
    for (const name of [commit.slice(0, 12), "main", "HEAD", "-x", "", `${commit}\nmain`, commit.toUpperCase()]) {
      expect(await reader.object(name)).toEqual({ kind: "missing" });
    }
    await reader.close();
  });

  test("a reader tells what a ref points at, and goes along when it moves", async () => {
    const reader = openObjectReader(place);
    expect(await reader.ref("refs/heads/main")).toBe(commit);
    expect(await reader.ref("refs/heads/side")).toBeUndefined();
    const side = await workshop.commit("side", { a: "a" });
    expect(await reader.ref("refs/heads/side")).toBe(side);
    await workshop.git("pack-refs", "--all");
    const next = await workshop.commit("side", { a: "b" });
    expect(await reader.ref("refs/heads/side")).toBe(next);
    expect(await reader.ref("main")).toBeUndefined();
    expect(await reader.ref("refs/heads/main^{listTree}")).toBeUndefined();
    await reader.close();
  });

  test("differences name each path, with what it held and holds", async () => {
    const next = await workshop.commit("next", { "line\nend": "new\n", "-x": "x\n" });
    expect(await diffTree(place, commit, commit)).toEqual([]);
    const changes = await diffTree(place, commit, next);
    expect(changes).toHaveLength(HOSTILE_PATHS.length);
    expect(changes?.find(({ path }) => path === "line\nend")).toEqual({
      path: "line\nend",
      before: blobOid(TEXTS["line\nend"] ?? ""),
      after: blobOid("new\n"),
      mode: "100644",
      oldMode: "100644",
    });
    expect(changes?.find(({ path }) => path === "Case")).toEqual({
      path: "Case",
      before: blobOid(TEXTS.Case ?? ""),
      after: undefined,
      mode: "100644",
      oldMode: "100644",
    });
  });

  test("differences from a commit that is not here are unknown", async () => {
    expect(await diffTree(place, "1".repeat(40), commit)).toBeUndefined();
    await expect(diffTree(place, "--output=owned", commit)).rejects.toMatchObject({ code: "refused" });
  });

  test("a slice of all lists and holds all, a slice of some only these", async () => {
    const reader = openObjectReader(place);
    const seen = await readSlice(reader, commit, ["/"]);
    const some = await readSlice(reader, commit, ["Case", "nope"]);
    expect([...some.list("")]).toEqual(["Case"]);
    expect(() => some.read("-x")).toThrow(RangeError);
    await reader.close();
    expect([...seen.list("")]).toEqual([...HOSTILE_PATHS].sort());
    expect([...seen.list("é")]).toEqual(["é/ü/値.yaml"]);
    expect([...seen.list("Cas")]).toEqual([]);
    expect(Buffer.from(seen.read("Case")).toString()).toBe(TEXTS.Case);
    expect(Buffer.from(seen.read("case")).toString()).toBe(TEXTS.case);
    expect(seen.oid("-x")).toBe(blobOid(TEXTS["-x"] ?? ""));
  });

  test("folders come level by level, no deeper than asked", async () => {
    expect((await collect(listFolders(place, commit, "", 1))).map(({ path }) => path).sort()).toEqual(
      ["%2e%2e", ":", "a b", "e\u0301", "é", "~"].sort(),
    );
    expect((await collect(listFolders(place, commit, "é"))).map(({ path }) => path)).toEqual(["é/ü"]);
  });
});

describe("what is no regular file", () => {
  let workshop: Workshop;
  let place: GitPlace;
  beforeAll(async () => {
    workshop = await openWorkshop("bare");
    place = placeOf(workshop, "bare");
  });
  afterAll(() => workshop.remove());

  test("links and submodules are listed as such and are in no snapshot", async () => {
    const blob = await workshop.gitWith("/etc/passwd", "hash-object", "-w", "--stdin");
    const list = `120000 blob ${blob}\tlink.yaml\n100755 blob ${blob}\trun\n160000 commit ${"1".repeat(40)}\tmodule\n`;
    const made = await workshop.gitWith(list, "mktree", "--missing");
    const commit = await workshop.git("commit-tree", "-m", "x", made);
    const modes = Object.fromEntries((await collect(listTree(place, commit))).map(({ path, mode }) => [path, mode]));
    expect(modes).toEqual({ "link.yaml": "120000", run: "100755", module: "160000" });
    const reader = openObjectReader(place);
    const seen = await readSlice(reader, commit, ["/"]);
    expect([...seen.list("")]).toEqual(["run"]);
    expect(seen.oid("link.yaml")).toBeUndefined();
    expect(await reader.at(commit, "module")).toEqual({ kind: "missing" });
    expect(await reader.at(commit, "link.yaml/x")).toEqual({ kind: "missing" });
    await reader.close();
  });

  test("a huge file is read past, and what follows it is whole", async () => {
    const huge = await workshop.gitWith(Buffer.alloc(11 * 1024 * 1024, "x"), "hash-object", "-w", "--stdin");
    const small = await workshop.gitWith("small", "hash-object", "-w", "--stdin");
    const reader = openObjectReader(place);
    const reads = await Promise.all([small, huge, "1".repeat(40), small].map((oid) => reader.object(oid)));
    expect(reads.map((read) => (read.kind === "object" ? read.bytes.toString() : read))).toEqual([
      "small",
      { kind: "too-large", oid: huge, size: 11 * 1024 * 1024 },
      { kind: "missing" },
      "small",
    ]);
    const made = await workshop.gitWith(`100644 blob ${huge}\tagent.yaml\n`, "mktree");
    const seen = await readSlice(reader, await workshop.git("commit-tree", "-m", "x", made), ["/"]);
    expect(seen.read("agent.yaml").length).toBeGreaterThan(1024 * 1024);
    await reader.close();
  });

  test("thousands of objects arrive in order, and who lists a tree may stop early", async () => {
    const texts = Array.from({ length: 3000 }, (_, index) => `content ${index} ${"y".repeat(index % 500)}`);
    await workshop.commit("many", Object.fromEntries(texts.map((text, index) => [`f/${index}`, text])));
    const oids = texts.map(blobOid);
    const reader = openObjectReader(place);
    const reads = await Promise.all(oids.map((oid) => reader.object(oid)));
    await reader.close();
    expect(reads.map((read) => (read.kind === "object" ? read.bytes.toString() : read.kind))).toEqual(texts);
    for await (const entry of listTree(place, await workshop.git("rev-parse", "many"))) {
      expect(entry.path).toBe("f/0");
      break;
    }
  });

  test("a commit that is not here is an error", async () => {
    await expect(collect(listTree(place, "1".repeat(40)))).rejects.toMatchObject({ name: "GitError" });
    await expect(collect(listTree(place, "main"))).rejects.toMatchObject({ code: "refused" });
  });
});
