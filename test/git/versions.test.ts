import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOT } from "../../src/git/bot.ts";
import { type ObjectReader, openObjectReader } from "../../src/git/object-reader.ts";
import { versions } from "../../src/git/versions.ts";
import { placeOf } from "./place.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

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

  const textsOf = async (commit: string, path: string, most = 20) =>
    (await versions(placeOf(workshop, kind), objects, commit, path, most)).map(({ bytes }) =>
      bytes === undefined ? undefined : Buffer.from(bytes).toString(),
    );

  test("come newest first, only those that changed it, at most as many as asked for", async () => {
    await workshop.commit("line", { [SPEC]: "1", other: "1" });
    await workshop.commit("line", { other: "2" });
    await workshop.commit("line", { [SPEC]: undefined });
    const last = await workshop.commit("line", { [SPEC]: "3" });
    expect(await textsOf(last, SPEC)).toEqual(["3", undefined, "1"]);
    expect(await textsOf(last, SPEC, 1)).toEqual(["3"]);
    expect(await textsOf(last, "never")).toEqual([]);
  });

  test("tell the commit, its moment, its first line, and whether the bot made it", async () => {
    const first = await workshop.commit("who", { [SPEC]: "1" });
    const second = await workshop.commit("who", { [SPEC]: "2" });
    const bot = `${BOT.name} <${BOT.email}> 1700000001 +0000`;
    const tree = await workshop.git("rev-parse", `${second}^{tree}`);
    const raw = `tree ${tree}\nparent ${first}\nauthor ${bot}\ncommitter ${bot}\n\nMore memory\n\nWhy.\n`;
    const commit = await workshop.gitWith(raw, "hash-object", "-t", "commit", "-w", "--stdin");
    expect(await versions(placeOf(workshop, kind), objects, commit, SPEC, 9)).toMatchObject([
      { sha: commit, byBot: true, subject: "More memory" },
      { sha: first, byBot: false, subject: "by hand", at: 1_700_000_000_000 },
    ]);
  });

  test("are the commits that made them, not those that merged them", async () => {
    const base = await workshop.commit("trunk", { [SPEC]: "1" });
    await workshop.git("branch", "topic", base);
    const made = await workshop.commit("topic", { [SPEC]: "2" });
    const other = await workshop.commit("trunk", { other: "1" });
    const tree = await workshop.git("merge-tree", "--write-tree", other, made);
    const merge = await workshop.git("commit-tree", tree, "-p", other, "-p", made, "-m", "Merge");
    expect((await versions(placeOf(workshop, kind), objects, merge, SPEC, 9)).map(({ sha }) => sha)).toEqual([
      made,
      base,
    ]);
  });

  test.each(["agents/acme/*.yaml", ":(top)x", "a b/ü.yaml", "-x", 'q"\n'])(
    "of the path %j are its own",
    async (path) => {
      await workshop.commit("names", { [path]: `1 ${path}`, [SPEC]: "1" });
      const last = await workshop.commit("names", { [SPEC]: `2 ${path}` });
      expect(await textsOf(last, path)).toEqual([`1 ${path}`]);
    },
  );
});
