import { expect, test } from "vitest";
import { runMonth } from "../../bench/month/month.ts";

/** One of each kind: what an edit ends, what only a person ends, and what only looks like the spec's fault. */
const SOME = [
  "memory grew over the limit",
  "memory leak",
  "load test in staging",
  "evicted: a node's disk was full",
  "at the maximum, and the quota is full",
  "partial data: looks idle",
  "the provider fails one model",
  "the provider's budget is used up",
  "a release crashes (Renovate)",
  "the registry is away after a release",
  "a Dapr component's server fails after a release",
  "Grafana: no data",
];

test("no edit of three made-up days is wrong", { timeout: 300_000 }, async () => {
  const options = { seed: 2, days: 3, agents: 16, incidents: SOME.length, only: SOME };
  const { answers, verdicts, sources } = await runMonth(options);
  expect(verdicts.filter(({ why }) => why !== undefined)).toEqual([]);
  expect([...sources].sort()).toEqual(["kubernetes", "loki", "prometheus"]);
  expect(verdicts.length).toBeGreaterThan(3);
  expect(answers.filter(({ alerts }) => alerts > 0).length).toBeGreaterThan(9);
});
