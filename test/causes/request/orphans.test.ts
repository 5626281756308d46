import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { childSpec, leadSpec } from "../../cli/grants/asked-agents.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";

const GRANT = (onDelete: string) =>
  `{max: 3, maxDepth: 2, timeToLive: 999w, templates: [support-agent], budget: {cpu: 2, memory: 4Gi, dollarsPerDay: 5}, sponsor: '@acme/support', onDelete: ${onDelete}}`;
const OWN =
  "{max: 1, maxDepth: 1, timeToLive: 999w, templates: [support-agent], budget: {cpu: 1, memory: 1Gi, dollarsPerDay: 1}, sponsor: '@acme/support'}";
const LEAD = "agents/support/lead.yaml";
const A = "agents/support/a.yaml";

/** support/lead, support/a and support/b below it, and support/a1 below support/a. */
function family(onDelete: string): FleetClone {
  const place = fleetClone();
  const a = childSpec("a", { maxReplicas: 2 });
  place.commit({
    [LEAD]: leadSpec(GRANT(onDelete)),
    [A]: a.replace("dollarsPerDay: 1}", `dollarsPerDay: 1}\n  supervision: {createAgents: ${OWN}}`),
    "agents/support/a1.yaml": childSpec("a1", { hour: 2, maxReplicas: 1, parent: "support/a", depth: 2 }),
    "agents/support/b.yaml": childSpec("b", { hour: 1, maxReplicas: 1 }),
  });
  return place;
}

async function reconciled({ clone, bare }: FleetClone): Promise<readonly Outcome[]> {
  const { out } = await raos(clone, ["reconcile", "--repo", bare, "--output", "json"]);
  const outcomes: readonly Outcome[] = JSON.parse(out);
  return outcomes.filter(({ cause }) => cause === "request");
}

const pullsOf = (outcomes: readonly Outcome[]) => [...new Set(outcomes.map(({ pull }) => pull?.number))];

test("who deletes an agent by hand leaves its agents to one pull request, which hands over its children", async () => {
  const place = family("handOver");
  place.commit({ [LEAD]: undefined });
  const outcomes = await reconciled(place);
  expect(outcomes.map(({ agent, kind }) => [agent, kind])).toEqual([
    ["support/a", "opened"],
    ["support/b", "opened"],
  ]);
  const [number] = pullsOf(outcomes);
  expect(pullsOf(outcomes)).toHaveLength(1);
  place.git("fetch", "--quiet", "origin");
  const show = (path: string) => place.git("show", `origin/${outcomes[0]?.pull?.branch}:${path}`);
  expect(show(A)).toContain("raos.dev/owner: '@meridian-retail/support-engineering'");
  expect(show("deploy/production/support/b/values.yaml")).toContain(
    'raos.dev/owner: "@meridian-retail/support-engineering"',
  );
  expect(show("agents/support/a1.yaml")).not.toContain("raos.dev/owner");
  const { out } = await raos(place.clone, ["pr", "show", String(number), "--repo", place.bare]);
  expect(out).toContain("support/lead is gone");
  expect(out).toContain("handed over to the owner");
  expect((await reconciled(place)).map(({ kind }) => kind)).toEqual(["unchanged", "unchanged"]);
  await raos(place.clone, ["pr", "merge", String(number), "--repo", place.bare]);
  expect(await reconciled(place)).toEqual([]);
});

test("or removes all that is below it, where its last spec said so", async () => {
  const place = family("remove");
  place.commit({ [LEAD]: undefined });
  place.commit({ "notes.md": "Something else.\n" });
  const outcomes = await reconciled(place);
  expect(outcomes.map(({ agent, kind }) => [agent, kind])).toEqual([
    ["support/a", "opened"],
    ["support/a1", "opened"],
    ["support/b", "opened"],
  ]);
  const files = place.files(outcomes[0]?.pull?.branch ?? "");
  expect(files.filter((file) => /support\/(a|a1|b)[./]/.test(file))).toEqual([]);
});

test("one in the middle of a line leaves those below it alone", async () => {
  const place = family("remove");
  place.commit({ [A]: undefined });
  // support/a said nothing of what becomes of its agents.
  expect((await reconciled(place)).map(({ agent, kind }) => [agent, kind])).toEqual([["support/a1", "opened"]]);
});

test("who writes an owner, or takes the agents along, has said enough", async () => {
  const place = family("remove");
  place.commit({
    [LEAD]: undefined,
    [A]: undefined,
    "agents/support/a1.yaml": undefined,
    "agents/support/b.yaml": childSpec("b", { hour: 1, maxReplicas: 1, owner: "@acme/desk" }),
  });
  expect(await reconciled(place)).toEqual([]);
});

test("a file that cannot be read now is not one that is gone", async () => {
  const place = family("remove");
  place.commit({ [LEAD]: "kind: Agent\nspec: {unknown: true}\n" });
  expect(await reconciled(place)).toEqual([]);
});

test("a pull request that a person closed stays closed", async () => {
  const place = family("handOver");
  place.commit({ [LEAD]: undefined });
  const [number] = pullsOf(await reconciled(place));
  await raos(place.clone, ["pr", "close", String(number), "--repo", place.bare]);
  expect((await reconciled(place)).map(({ reason }) => reason)).toEqual(["closed-by-a-person", "closed-by-a-person"]);
});
