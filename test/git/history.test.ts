import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOT } from "../../src/git/bot.ts";
import { readHistory, readVersions } from "../../src/git/history/history.ts";
import { type ObjectReader, openObjectReader } from "../../src/git/objects/object-reader.ts";
import { placeOf } from "../support/git/place.ts";
import { openWorkshop, PERSON, PERSON_ENV, type Workshop } from "../support/git/repository.ts";

const SPEC = "agents/acme/triage.yaml";

describe.each(["bare", "working"] as const)("the versions of a file, in a %s repository", (kind) => {
  let workshop: Workshop;
  let objects: ObjectReader;
  beforeAll(async () => {
    workshop = await openWorkshop(kind);
    objects = openObjectReader(placeOf(workshop, kind));
  });
  afterAll(async () => {
    await objects.close();
    await workshop.remove();
  });

  const versionsOf = async (commit: string, path: string) =>
    readVersions(objects, path, (await readHistory(placeOf(workshop, kind), commit, [path])).changesOf(path));
  const textsOf = async (commit: string, path: string) =>
    (await versionsOf(commit, path)).map(({ bytes }) =>
      bytes === undefined ? undefined : Buffer.from(bytes).toString(),
    );

  test("come newest first, only those that changed it", async () => {
    await workshop.commit("line", { [SPEC]: "1", other: "1" });
    await workshop.commit("line", { other: "2" });
    await workshop.commit("line", { [SPEC]: undefined });
    const last = await workshop.commit("line", { [SPEC]: "3" });
    expect(await textsOf(last, SPEC)).toEqual(["3", undefined, "1"]);
    expect(await textsOf(last, "never")).toEqual([]);
  });

  test("tell the commit, its moment, its first line, and its author", async () => {
    const first = await workshop.commit("who", { [SPEC]: "1" });
    const second = await workshop.commit("who", { [SPEC]: "2" });
    const bot = `${BOT.name} <${BOT.email}> 1700000001 +0000`;
    const tree = await workshop.git("rev-parse", `${second}^{tree}`);
    const raw = `tree ${tree}\nparent ${first}\nauthor ${bot}\ncommitter ${bot}\n\nMore memory\n\nWhy.\n`;
    const commit = await workshop.gitWith(raw, "hash-object", "-t", "commit", "-w", "--stdin");
    expect(await versionsOf(commit, SPEC)).toMatchObject([
      { sha: commit, author: BOT, subject: "More memory" },
      { sha: first, author: PERSON, subject: "by hand", at: 1_700_000_000_000 },
    ]);
  });

  test("are the merges that brought them to the branch, with their time and the author of what they merged", async () => {
    const base = await workshop.commit("trunk", { [SPEC]: "1" });
    await workshop.git("branch", "topic", base);
    const [made, later] = [await botCommit(base, "2", 1_700_000_100), 1_700_900_000];
    const other = await workshop.commit("trunk", { other: "1" });
    const tree = await workshop.git("merge-tree", "--write-tree", other, made);
    const merger = `${PERSON.name} <${PERSON.email}> ${later} +0000`;
    const raw = `tree ${tree}\nparent ${other}\nparent ${made}\nauthor ${merger}\ncommitter ${merger}\n\nMerge\n`;
    const merge = await workshop.gitWith(raw, "hash-object", "-t", "commit", "-w", "--stdin");
    expect(await versionsOf(merge, SPEC)).toMatchObject([
      { sha: merge, at: later * 1000, author: BOT },
      { sha: base, author: PERSON },
    ]);
  });

  const botCommit = async (parent: string, text: string, at: number) => {
    const oid = await workshop.gitWith(text, "hash-object", "-w", "--stdin");
    const index = join(workshop.root, "index");
    const env = { ...PERSON_ENV, GIT_INDEX_FILE: index };
    const git = async (...args: readonly string[]) =>
      (await promisify(execFile)("git", ["-C", workshop.dir, ...args], { env })).stdout.trim();
    await git("read-tree", parent);
    await git("update-index", "--add", "--cacheinfo", `100644,${oid},${SPEC}`);
    const bot = `${BOT.name} <${BOT.email}> ${at} +0000`;
    const raw = `tree ${await git("write-tree")}\nparent ${parent}\nauthor ${bot}\ncommitter ${bot}\n\nMore\n`;
    return workshop.gitWith(raw, "hash-object", "-t", "commit", "-w", "--stdin");
  };

  test.each(["agents/acme/*.yaml", ":(top)x", "a b/ü.yaml", "-x", 'q"\n'])(
    "of the path %j are its own",
    async (path) => {
      await workshop.commit("names", { [path]: `1 ${path}`, [SPEC]: "1" });
      const last = await workshop.commit("names", { [SPEC]: `2 ${path}` });
      expect(await textsOf(last, path)).toEqual([`1 ${path}`]);
    },
  );

  test("of many paths, and of folders, are found by one read", async () => {
    const folder = "deploy/production/acme/triage/";
    const spec = await workshop.commit("both", { [SPEC]: "1" });
    const deployed = await workshop.commit("both", { [`${folder}values.yaml`]: "1" });
    const next = await workshop.commit("both", { [SPEC]: "2", "deploy/production/acme/triage-2/values.yaml": "1" });
    const many = Array.from({ length: 100 }, (_, index) => `agents/acme/a${index}.yaml`);
    for (const paths of [
      [SPEC, folder],
      [...many, SPEC, folder],
    ]) {
      const history = await readHistory(placeOf(workshop, kind), next, paths);
      expect(history.changesOf(SPEC).map(({ sha }) => sha)).toEqual([next, spec]);
      expect(history.changesOf(folder).map(({ sha, order }) => [sha, order])).toEqual([[deployed, 1]]);
    }
  });

  test("of a file that seldom changes, the version before the last is found, however old it is", async () => {
    const at = async (parent: string | undefined, text: string, moment: number) => {
      const oid = await workshop.gitWith(text, "hash-object", "-w", "--stdin");
      const tree = await workshop.gitWith(`100644 blob ${oid}\tspec.yaml\n`, "mktree");
      const person = `${PERSON.name} <${PERSON.email}> ${moment} +0000`;
      const above = parent === undefined ? "" : `parent ${parent}\n`;
      const raw = `tree ${tree}\n${above}author ${person}\ncommitter ${person}\n\nA change\n`;
      return workshop.gitWith(raw, "hash-object", "-t", "commit", "-w", "--stdin");
    };
    const old = await at(undefined, "1", 1_600_000_000);
    const last = await at(old, "2", 1_700_000_000);
    expect(await textsOf(last, "spec.yaml")).toEqual(["2", "1"]);
  });
});
