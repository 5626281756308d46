import { afterAll, beforeAll, expect, test } from "vitest";
import { readLastChanges } from "../../src/git/history/last-changes.ts";
import { placeOf } from "../support/git/place.ts";
import { openWorkshop, type Workshop } from "../support/git/repository.ts";

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop("bare");
});
afterAll(() => workshop.remove());

const SPEC = "agents/acme/triage.yaml";
const DEPLOY = "deploy/production/acme/triage";

async function isAfter(commit: string, these: readonly string[], than: readonly string[]): Promise<boolean> {
  return (await readLastChanges(placeOf(workshop, "bare"), commit, [...these, ...than])).isAfter(these, than);
}

test("the later of two commits is after, the same is not", async () => {
  const first = await workshop.commit("line", { [SPEC]: "1", [`${DEPLOY}/values.yaml`]: "1" });
  expect(await isAfter(first, [SPEC], [DEPLOY])).toBe(false);
  expect(await isAfter(first, [SPEC], ["never"])).toBe(true);
  expect(await isAfter(first, ["never"], [SPEC])).toBe(false);
  const edited = await workshop.commit("line", { [SPEC]: "2" });
  expect(await isAfter(edited, [SPEC], [DEPLOY])).toBe(true);
  const deployed = await workshop.commit("line", { [`${DEPLOY}/values.yaml`]: "2" });
  expect(await isAfter(deployed, [SPEC], [DEPLOY])).toBe(false);
  expect(await isAfter(edited, [SPEC], [DEPLOY])).toBe(true);
  const gone = await workshop.commit("line", { [SPEC]: undefined });
  expect(await isAfter(gone, [SPEC], [DEPLOY])).toBe(true);
});

test("a folder's name is no prefix of another's, and paths may be anything", async () => {
  const first = await workshop.commit("names", { "a/x": "1", "-b\n": "1" });
  const next = await workshop.commit("names", { "a-b/x": "1", 'q"': "1" });
  expect(await isAfter(next, ["a"], ["a-b"])).toBe(false);
  expect(await isAfter(next, ["a-b"], ["a", "-b\n"])).toBe(true);
  expect(await isAfter(next, ['q"'], ["-b\n"])).toBe(true);
  expect(await isAfter(first, ["-b\n"], ["a"])).toBe(false);
});

test("what was made without knowing of the other is after it, in whatever order they were merged", async () => {
  const base = await workshop.commit("main", { [SPEC]: "1", [`${DEPLOY}/values.yaml`]: "1" });
  await workshop.git("branch", "bot", base);
  const edited = await workshop.commit("main", { [SPEC]: "2" });
  const deployed = await workshop.commit("bot", { [`${DEPLOY}/values.yaml`]: "2" });
  for (const [one, other] of [
    [edited, deployed],
    [deployed, edited],
  ]) {
    const tree = await workshop.git("merge-tree", "--write-tree", edited, deployed);
    const merged = await workshop.git("commit-tree", "-p", one ?? "", "-p", other ?? "", "-m", "merge", tree);
    expect(await isAfter(merged, [SPEC], [DEPLOY])).toBe(true);
    expect(await isAfter(merged, [DEPLOY], [SPEC])).toBe(true);
  }
});

test("what a merge itself changed counts", async () => {
  const base = await workshop.commit("evil", { a: "1", b: "1" });
  await workshop.git("branch", "side", base);
  const one = await workshop.commit("evil", { a: "2" });
  const other = await workshop.commit("side", { b: "2" });
  const tree = await workshop.gitWith(
    `100644 blob ${await workshop.gitWith("3", "hash-object", "-w", "--stdin")}\ta\n100644 blob ${await workshop.git("rev-parse", `${other}:b`)}\tb\n`,
    "mktree",
  );
  const merged = await workshop.git("commit-tree", "-p", one, "-p", other, "-m", "merge", tree);
  expect(await isAfter(merged, ["a"], ["b"])).toBe(true);
  expect(await isAfter(merged, ["b"], ["a"])).toBe(false);
});

test("only what was asked about can be answered", async () => {
  const commit = await workshop.commit("asked", { a: "1" });
  const seen = await readLastChanges(placeOf(workshop, "bare"), commit, ["a"]);
  expect(() => seen.isAfter(["a"], ["b"])).toThrow(RangeError);
  await expect(isAfter("1".repeat(40), ["a"], ["b"])).rejects.toMatchObject({ name: "GitError" });
});
