import { afterEach, beforeEach, expect, test } from "vitest";
import { showChecks } from "../../src/checks/show-checks.ts";
import type { CheckRun, Pull } from "../servers/github/model/model.ts";
import { push } from "../servers/github/model/people.ts";
import { agentOf, FILES, type ReviewedFleet, reviewedFleet, TRIAGE } from "../support/forge/reviewed-fleet.ts";

let fleet: ReviewedFleet;
beforeEach(async () => {
  fleet = await reviewedFleet(FILES);
  const broken = { "raos.yaml": FILES["raos.yaml"].replace("environments", "enviroments") };
  await push(fleet.github.world, fleet.repository, fleet.person, "main", broken, "Misspell");
});
afterEach(() => fleet.close());

async function shown(pull: Pull): Promise<CheckRun> {
  await showChecks(fleet.opened.world);
  const run = fleet.runOn(pull.head);
  if (run === undefined) throw new Error("no check");
  return run;
}

test("while raos.yaml of the default branch is broken, every pull request that leaves it so is told", async () => {
  const run = await shown(await fleet.open("more-memory", { [TRIAGE]: agentOf("triage", "1Gi") }));
  expect([run.conclusion, run.title]).toEqual(["failure", "1 Problem"]);
  expect(run.annotations).toMatchObject([{ path: "raos.yaml", start_line: 5 }]);
  expect(run.summary).toContain("enviroments");
});

test("the one that mends it passes", async () => {
  const run = await shown(await fleet.open("mend", { "raos.yaml": FILES["raos.yaml"] }));
  expect([run.conclusion, run.title]).toEqual(["success", "The configuration has no Problems any more"]);
  expect(run.annotations).toEqual([]);
});
