import { expect, test } from "vitest";
import { agent, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { raos } from "../../support/cli/raos.ts";

test("on disk: held, nothing is opened for the agent; released, it is", async () => {
  const { place } = await alertingFleet({ triage: agent("triage"), billing: agent("billing") });
  const run = (...argv: readonly string[]) => raos(place.clone, [...argv, "--repo", place.bare]);
  const held = await run("hold", "acme/triage", "--reason", "we migrate");
  expect([held.code, held.out]).toEqual([0, "acme/triage is held while issue #3 is open\n"]);
  expect((await run("issue", "show", "3")).out).toContain("we migrate");
  const larger = (name: string) => agent(name).replace("memory: 512Mi", "memory: 1Gi");
  place.commit({ "agents/acme/triage.yaml": larger("triage"), "agents/acme/billing.yaml": larger("billing") });
  const outcomes = async () => {
    const { out } = await run("reconcile", "--output", "json");
    return JSON.parse(out).map((one: { agent: string; kind: string; reason?: string }) => [
      one.agent,
      one.kind,
      one.reason,
    ]);
  };
  expect(await outcomes()).toEqual([
    ["acme/billing", "opened", undefined],
    ["acme/triage", "skipped", "held"],
  ]);
  expect((await run("hold", "acme/triage", "--release")).out).toBe("acme/triage is held no more\n");
  expect((await run("hold", "acme/triage", "--release")).out).toBe("acme/triage is not held\n");
  expect((await outcomes())[1]).toEqual(["acme/triage", "opened", undefined]);
});

test("an agent that is none is wrong usage", async () => {
  const { place } = await alertingFleet({ triage: agent("triage") });
  const code = async (name: string) => (await raos(place.clone, ["hold", name, "--repo", place.bare])).code;
  expect([await code("triage"), await code("acme/nobody"), await code("../x/y")]).toEqual([2, 2, 2]);
});
