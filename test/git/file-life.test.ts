import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAddition, readDeletion } from "../../src/git/history/file-life.ts";
import { type ObjectReader, openObjectReader } from "../../src/git/objects/object-reader.ts";
import { placeOf } from "../support/git/place.ts";
import { openWorkshop, PERSON, type Workshop } from "../support/git/repository.ts";

const SPEC = "agents/acme/triage.yaml";

describe.each(["bare", "working"] as const)("how a file came and went, in a %s repository", (kind) => {
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

  test("the last commit that added it, and the last that deleted it", async () => {
    await workshop.commit("line", { [SPEC]: "1", other: "1" });
    await workshop.commit("line", { [SPEC]: "2" });
    const deleted = await workshop.commit("line", { [SPEC]: undefined });
    const added = await workshop.commit("line", { [SPEC]: "3" });
    const last = await workshop.commit("line", { [SPEC]: "4" });
    const place = placeOf(workshop, kind);
    expect(await readAddition(place, objects, last, SPEC)).toMatchObject({ sha: added, author: PERSON });
    const found = await readDeletion(place, objects, last, SPEC);
    expect([found?.sha, Buffer.from(found?.bytes ?? []).toString()]).toEqual([deleted, "2"]);
    expect(await readAddition(place, objects, last, "never")).toBeUndefined();
    expect(await readDeletion(place, objects, last, "other")).toBeUndefined();
  });

  test("who asked for it, as its commit or the last one of the merged branch says", async () => {
    const said = ["-m", "Add", "-m", "Requested-by: person:kim"];
    const from = await workshop.commit("asked", { other: "1" });
    const own = async (files: Readonly<Record<string, string>>, ...more: readonly string[]) => {
      const tree = `${await workshop.commit("draft", files)}^{tree}`;
      return workshop.git("commit-tree", ...more, tree);
    };
    const squashed = await own({ other: "1", [SPEC]: "1" }, "-p", from, ...said);
    const merged = await own({ other: "1", [SPEC]: "1" }, "-p", from, "-p", squashed, "-m", "Merge");
    const plain = await own({ other: "1", [SPEC]: "1" }, "-p", from, "-m", "Add");
    const place = placeOf(workshop, kind);
    for (const [head, requestedBy] of [
      [squashed, "person:kim"],
      [merged, "person:kim"],
      [plain, undefined],
    ] as const)
      expect(await readAddition(place, objects, head, SPEC)).toEqual({ sha: head, author: PERSON, requestedBy });
  });
});
