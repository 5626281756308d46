import { expect, test } from "vitest";
import { agent, alert, alertingFleet, HOUR, MI, NOW } from "../../support/cli/alerting-fleet.ts";
import { raos } from "../../support/cli/raos.ts";

const OOM = alert("AgentOutOfMemory", "triage");

test("a fleet on disk: what was deployed, refused and restored", async () => {
  const fleet = await alertingFleet(
    { triage: agent("triage"), billing: agent("billing") },
    { working_set: [400 * MI] },
  );
  const { place } = fleet;
  await fleet.reconcile([OOM, alert("AgentOutOfMemory", "billing"), alert("AgentSecretMissing", "billing")]);
  const [first, second] = await fleet.pulls();
  await fleet.mergeAt(NOW + HOUR, first?.number ?? 0);
  await fleet.pr("close", second?.number ?? 0);
  const report = async (...argv: readonly string[]) =>
    raos(place.clone, ["report", "--repo", place.bare, ...argv], {}, () => NOW + 2 * HOUR);
  const json = JSON.parse((await report("--since", "7d", "--output", "json")).out);
  expect(json).toMatchObject({
    deployments: { count: 3 },
    changeFailureRate: 0,
    timeToRestoreSeconds: { median: 3600 },
    model: { tokens: 0, dollars: 0 },
  });
  expect(json.remedies).toEqual([
    { remedy: "drift", tenant: "acme", proposed: 2, merged: 2, refused: 0, verified: 0, worse: 0, reverted: 0 },
    { remedy: "out-of-memory", tenant: "acme", proposed: 2, merged: 1, refused: 1, verified: 0, worse: 0, reverted: 0 },
  ]);
  const { code, out } = await report("--since", "7d");
  expect([code, out]).toEqual([0, expect.stringContaining("| `out-of-memory` | `acme` | 2 | 1 | 1 | 0 |")]);
});

test("a time that is none is wrong usage", async () => {
  const { place } = await alertingFleet({});
  const { code, err } = await raos(place.clone, ["report", "--repo", place.bare, "--since", "soon"]);
  expect([code, err]).toEqual([2, expect.stringContaining("write 12h, 7d or 4w")]);
});
