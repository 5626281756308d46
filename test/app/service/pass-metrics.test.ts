import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { createPassMetrics } from "../../../src/app/service/pass-metrics.ts";
import { createRemoteServices } from "../../../src/app/world/remote-services.ts";
import { Config } from "../../../src/domain/kinds/config.ts";
import { FIRST, QUESTION, recording } from "../../model/question.ts";
import { KEY, startOpenAI } from "../../servers/openai/server.ts";
import { shellFor } from "../../support/cli/raos.ts";

const NOW = 1_800_000_000_000;

async function metric(registry: Registry, name: string, labels: object = {}): Promise<number | undefined> {
  const found = await registry.getSingleMetric(name)?.get();
  return found?.values.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels))?.value;
}

test("a pass that ends well sets the time, which begins with the start of the process", async () => {
  const registry = new Registry();
  let now = NOW;
  const metrics = createPassMetrics(registry, () => now);
  expect(await metric(registry, "raos_last_reconcile_timestamp_seconds")).toBe(NOW / 1000);
  now += 90_000;
  metrics.done();
  expect(await metric(registry, "raos_last_reconcile_timestamp_seconds")).toBe(NOW / 1000 + 90);
});

test.each([
  ["an answer", 10, { found: 0, unresolved: 1, failed: 0, "out-of-budget": 0 }],
  ["a day's budget that is spent", 0.000001, { found: 0, unresolved: 0, failed: 0, "out-of-budget": 1 }],
])("an investigation is counted by its end: %s", async (_, dollarsPerDay, expected) => {
  const json = { summary: "Busy.", cause: "", confidence: "low", evidence: [FIRST.id], unresolved: true, edits: [] };
  const server = await startOpenAI(() => ({ kind: "answer", json }));
  onTestFinished(() => server.stop());
  const registry = new Registry();
  const { investigated } = createPassMetrics(registry, Date.now);
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.url };
  const services = createRemoteServices(shellFor("/", Date.now, env), { wait: true, investigated });
  const model = { name: "gpt-5-mini", budget: { dollarsPerDay } };
  const spec = { environments: [{ name: "production" }], model };
  const asked = services.investigations(Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config", spec }));
  if (asked === undefined || !("ask" in asked)) throw new Error("the model is not asked");
  await asked.ask({ branch: "raos/alert/x", began: NOW }, async () => QUESTION, recording);
  for (const [result, count] of Object.entries(expected))
    expect(await metric(registry, "raos_investigations_total", { result }), result).toBe(count);
});
