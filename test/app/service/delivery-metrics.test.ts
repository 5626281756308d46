import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createDeliveryMetrics } from "../../../src/app/service/delivery-metrics.ts";
import type { Outcome } from "../../../src/domain/decision.ts";

const rollout = (number: number, reason: string, agent = "acme/triage"): Outcome => ({
  ...{ cause: "rollout", agent, kind: "updated", reason },
  pull: { number, url: "", branch: "", head: "" },
});

async function lines(registry: Registry, name: string): Promise<readonly string[]> {
  return (await registry.getSingleMetricAsString(name)).split("\n").filter((line) => !line.startsWith("#"));
}

test("merged pull requests that are watched, and verdicts, each pull request once", async () => {
  const registry = new Registry();
  const metrics = createDeliveryMetrics(registry);
  metrics.passed("acme/fleet", [
    rollout(1, "rolling-out"),
    rollout(1, "rolling-out", "acme/faq"),
    rollout(2, "verifying"),
  ]);
  metrics.passed("acme/other", [rollout(1, "verifying")]);
  expect(await lines(registry, "raos_rollouts")).toEqual([
    'raos_rollouts{state="rolling-out"} 1',
    'raos_rollouts{state="verifying"} 2',
  ]);
  metrics.passed("acme/fleet", [rollout(1, "worse"), rollout(2, "verified")]);
  // The pull request that takes it back is named in a second pass.
  metrics.passed("acme/fleet", [rollout(1, "worse")]);
  metrics.passed("acme/fleet", []);
  expect(await lines(registry, "raos_verdicts_total")).toEqual([
    'raos_verdicts_total{verdict="verified"} 1',
    'raos_verdicts_total{verdict="worse"} 1',
    'raos_verdicts_total{verdict="cannot-tell"} 0',
    'raos_verdicts_total{verdict="replaced"} 0',
  ]);
  expect(await lines(registry, "raos_rollouts")).toEqual([
    'raos_rollouts{state="rolling-out"} 0',
    'raos_rollouts{state="verifying"} 1',
  ]);
});

test("how long changes and incidents took, over all repositories; nothing where there were none", async () => {
  const registry = new Registry();
  const metrics = createDeliveryMetrics(registry);
  expect(await lines(registry, "raos_lead_time_seconds")).toEqual([]);
  metrics.took("acme/fleet", { leads: [60_000, 120_000, -5], restored: [] });
  metrics.took("acme/other", { leads: [600_000], restored: [30_000] });
  expect(await lines(registry, "raos_lead_time_seconds")).toEqual([
    'raos_lead_time_seconds{quantile="0.5"} 60',
    'raos_lead_time_seconds{quantile="0.9"} 600',
  ]);
  expect(await lines(registry, "raos_time_to_restore_seconds")).toEqual([
    'raos_time_to_restore_seconds{quantile="0.5"} 30',
    'raos_time_to_restore_seconds{quantile="0.9"} 30',
  ]);
});

test("what a pass did not read stays as it was", async () => {
  const registry = new Registry();
  const metrics = createDeliveryMetrics(registry);
  metrics.took("acme/fleet", { leads: [60_000], restored: [30_000] });
  metrics.took("acme/fleet", { leads: [90_000] });
  expect(await lines(registry, "raos_lead_time_seconds")).toContain('raos_lead_time_seconds{quantile="0.5"} 90');
  expect(await lines(registry, "raos_time_to_restore_seconds")).toContain(
    'raos_time_to_restore_seconds{quantile="0.5"} 30',
  );
});
