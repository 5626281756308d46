import { expect, test } from "vitest";
import { agent, alertingFleet } from "../../support/cli/alerting-fleet.ts";
import { raos } from "../../support/cli/raos.ts";

const CONFIG = `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  chart: {path: charts/agent}
  environments: [{name: staging}, {name: production}]
  promotion: {waves: [[staging], [production]], soak: 1d}
`;

test("on disk: the next wave waits for its time; asked for, it is opened at once", async () => {
  const { place } = await alertingFleet({ triage: agent("triage") });
  const run = (...argv: readonly string[]) => raos(place.clone, [...argv, "--repo", place.bare]);
  const outcomes = async () =>
    JSON.parse((await run("reconcile", "--output", "json")).out).map(
      (one: { agent: string; kind: string; reason?: string }) => [one.agent, one.kind, one.reason],
    );
  const numbers = async () =>
    JSON.parse((await run("pr", "list", "--output", "json")).out).map(({ number }: { number: number }) =>
      String(number),
    );
  place.commit({
    "raos.yaml": CONFIG,
    "agents/acme/triage.yaml": agent("triage").replace("memory: 512Mi", "memory: 1Gi"),
  });
  await outcomes();
  expect((await run("promote", "acme/triage")).err).toContain("staging comes first, and #");
  await run("pr", "merge", ...(await numbers()));
  const waiting = await outcomes();
  expect(waiting.filter(([, kind]: readonly string[]) => kind === "skipped")).not.toEqual([]);
  expect(waiting.every(([, , reason]: readonly string[]) => reason === "soaking")).toBe(true);
  const promoted = await run("promote", "acme/triage", "--to", "production");
  expect([promoted.code, promoted.out]).toEqual([0, expect.stringMatching(/^#\d+ promotes it to production\.\n$/)]);
  const [number = ""] = await numbers();
  expect((await run("pr", "show", number)).out).toContain("raos/promote/acme/triage/production");
  await run("pr", "merge", number);
  const done = await run("promote", "acme/triage");
  expect([done.code, done.err]).toEqual([1, expect.stringContaining("There is nothing to promote")]);
  // What production had before is the spec of its own change before, and not that of staging's.
  const back = await run("pr", "revert", number);
  expect([back.code, back.out]).toEqual([0, expect.stringContaining(`takes back what #${number} changed`)]);
  const taken = /^#(\d+)/.exec(back.out)?.[1] ?? "";
  expect((await run("pr", "show", taken)).out).toContain("`1Gi` | `512Mi`");
});

test("what cannot be promoted is said, with the exit code of it", async () => {
  const { place } = await alertingFleet({ triage: agent("triage") });
  const run = async (...argv: readonly string[]) => {
    const { code, err } = await raos(place.clone, ["promote", ...argv, "--repo", place.bare]);
    return [code, err];
  };
  expect(await run("triage")).toEqual([2, expect.stringContaining("write tenant/name")]);
  expect(await run("acme/triage")).toEqual([1, expect.stringContaining("raos.yaml has no promotion")]);
});
