import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { type FleetClone, fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { childSpec, leadSpec } from "./asked-agents.ts";

async function reconciled(place: FleetClone): Promise<(agent: string) => readonly Outcome[]> {
  const { out } = await raos(place.clone, ["reconcile", "--repo", place.bare, "--output", "json"]);
  const outcomes: readonly Outcome[] = JSON.parse(out);
  return (agent) => outcomes.filter((one) => one.agent === agent && one.cause === "drift");
}

async function mergeAll(place: FleetClone, ...agents: readonly string[]): Promise<void> {
  const of = await reconciled(place);
  for (const number of agents.flatMap((agent) => of(agent).flatMap(({ pull }) => pull?.number ?? [])))
    await raos(place.clone, ["pr", "merge", String(number), "--repo", place.bare]);
}

test("agents beyond the grant of the one that asked for them are not generated", async () => {
  const place = fleetClone();
  place.commit({
    "agents/support/lead.yaml": leadSpec(),
    "agents/support/a.yaml": childSpec("a", { hour: 1 }),
    "agents/support/b.yaml": childSpec("b", { hour: 2, maxReplicas: 6 }),
    "agents/support/c.yaml": childSpec("c", {
      hour: 3,
      maxReplicas: 1,
      spec: "  networking: {egress: [{cidr: 10.0.0.0/8}]}\n",
    }),
  });
  const of = await reconciled(place);
  expect(of("support/a")).toMatchObject([{ kind: "opened" }]);
  expect(of("support/b")).toMatchObject([{ kind: "opened" }]);
  expect(of("support/c")[0]).toMatchObject({ kind: "denied" });
  expect(of("support/c")[0]?.reason?.split("; grant: ")).toEqual([
    "grant: too-many-agents: support/lead has 2 agents below it, and may have 2; retire one first",
    "cpu-exceeded: support/c takes 100m of CPU in staging; of the 1 that may be used below support/lead, 0 are left",
    "egress-wider-than-parents: support/c would have a destination that support/lead does not have itself: 10.0.0.0/8; leave it out, or have a person add it to agents/support/lead.yaml first",
  ]);
});

test("who asked for an agent is on its pods, half of it is a Problem, and taking it away is for a person to review", async () => {
  const place = fleetClone();
  place.commit({ "agents/support/lead.yaml": leadSpec(), "agents/support/a.yaml": childSpec("a") });
  await mergeAll(place, "support/lead", "support/a");
  place.git("pull", "--quiet", "origin", "main");
  expect(place.read("deploy/production/support/a/values.yaml")).toContain(
    "raos.dev/created-by: agent:support/lead@production",
  );

  place.commit({ "agents/support/a.yaml": childSpec("a").replace(/"raos.dev\/depth":"1",/, "") });
  expect((await reconciled(place))("support/a")).toMatchObject([
    {
      kind: "problem",
      problems: [{ message: expect.stringContaining("raos.dev/depth is missing; restore the annotations") }],
    },
  ]);

  place.commit({ "agents/support/a.yaml": childSpec("a").replace(/\n {2}annotations: .*/, "") });
  const [opened] = (await reconciled(place))("support/a");
  expect(opened).toMatchObject({ kind: "opened" });
  const { out } = await raos(place.clone, ["pr", "show", String(opened?.pull?.number), "--repo", place.bare]);
  expect(out).toContain("the annotations that say that support/lead asked for the agent are gone");
});
