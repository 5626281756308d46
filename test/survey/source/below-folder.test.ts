import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ObjectReader } from "../../../src/git/objects/object-reader.ts";
import { openRepository, type Repository } from "../../../src/git/repository.ts";
import { gitView } from "../../../src/survey/source/commit-view.ts";
import { openWorkshop, type Workshop } from "../../support/git/repository.ts";

let workshop: Workshop;
let repository: Repository;
let objects: ObjectReader;
let base = "";

beforeEach(async () => {
  workshop = await openWorkshop("bare");
  base = await workshop.commit("main", {
    "raos.yaml": "top\n",
    "agents/top/x.yaml": "top\n",
    "platform/raos.yaml": "below\n",
    "platform/agents/acme/a.yaml": "a\n",
    "platform/deploy/default/acme/a/values.yaml": "a\n",
    "platform-two/agents/acme/b.yaml": "b\n",
  });
  repository = await openRepository(workshop.dir, { env: process.env, cache: join(workshop.root, "cache") });
  objects = repository.objects();
});

afterEach(async () => {
  await objects.close();
  await repository.close();
  await workshop.remove();
});

const view = (sha: string) => gitView(repository.place, objects, sha, "platform");

describe("a commit as seen from a folder", () => {
  test("holds the files below it, by their paths there, and no others", async () => {
    const { source, slice } = view(base);
    expect((await source.specs()).map(({ path }) => path)).toEqual(["agents/acme/a.yaml"]);
    expect([...(await source.deployed("all", [])).keys()]).toEqual(["deploy/default/acme/a"]);
    const snapshot = await slice(["raos.yaml", "agents/", "../raos.yaml", "platform/raos.yaml"]);
    expect([...snapshot.list("")]).toEqual(["agents/acme/a.yaml", "raos.yaml"]);
    expect(Buffer.from(snapshot.read("raos.yaml")).toString()).toBe("below\n");
  });

  test("its changes and its history are those of the folder", async () => {
    const next = await workshop.commit("main", { "platform/agents/acme/a.yaml": "b\n", "agents/top/x.yaml": "y\n" });
    const last = await workshop.commit("main", { "platform-two/agents/acme/b.yaml": "c\n" });
    const { source, history, versions, lastChanges } = view(last);
    expect((await source.changedSince(base))?.map(({ path }) => path)).toEqual(["agents/acme/a.yaml"]);
    const read = await history(["agents/acme/a.yaml", "raos.yaml"]);
    expect(read.changesOf("agents/acme/a.yaml").map(({ sha }) => sha)).toEqual([next, base]);
    expect(read.changesOf("raos.yaml").map(({ sha }) => sha)).toEqual([base]);
    const texts = (await versions("agents/acme/a.yaml", read)).map(({ bytes }) => Buffer.from(bytes ?? []).toString());
    expect(texts).toEqual(["b\n", "a\n"]);
    const changes = await lastChanges(["agents/acme/a.yaml", "raos.yaml"]);
    expect(changes?.isAfter(["agents/acme/a.yaml"], ["raos.yaml"])).toBe(true);
  });

  test("a merge that also changes something outside shows it, so that it is not what was planned", async () => {
    await workshop.git("branch", "raos/at/platform/agent/acme/a", base);
    const head = await workshop.commit("raos/at/platform/agent/acme/a", {
      "platform/agents/acme/a.yaml": "c\n",
      ".github/workflows/x.yaml": "on: push\n",
    });
    const paths = (await view(head).changesOfMerging(base))?.map(({ path }) => path);
    expect(paths).toEqual(["../.github/workflows/x.yaml", "agents/acme/a.yaml"]);
  });
});
