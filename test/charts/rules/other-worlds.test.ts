import { expect, test, vi } from "vitest";
import { describeReal } from "../../real/component.ts";
import { checkRules } from "../../real/prometheus/promtool.ts";
import { availability } from "./availability.ts";
import { traffic } from "./little-traffic.ts";
import { seldom } from "./once-a-week.ts";
import { worlds } from "./other-worlds.ts";
import { judge, judgeQueries, rulesOfShape, type Shape, shapes } from "./shapes.ts";

vi.setConfig({ testTimeout: 120_000 });

describeReal(["promtool", "helm"], "the rules on what other clusters give", () => {
  const names: readonly Shape[] = [
    "plain",
    "cluster",
    "longest",
    "stateful",
    "consumer",
    "fromZero",
    "absent",
    "ready",
  ];
  test.each(names)("promtool finds nothing wrong with those of a %s agent", async (shape) => {
    const opinion = await checkRules(await rulesOfShape(shape));
    expect(opinion.ok ? "" : opinion.output).toBe("");
    expect(Object.keys(shapes).length).toBe(names.length);
  });

  test.each([...worlds, ...availability, ...traffic])("%s", async (_title, watched) => {
    expect(await judge(watched)).toBe("");
  });

  // Rules that look back for days, and not each of the others for weeks.
  test.each(seldom)("%s", async (_title, watched) => {
    expect(await judge(watched)).toBe("");
  });

  test("what is recorded and what fires carry the cluster's label", async () => {
    const pod = 'namespace="support",pod="triage-6c7d9f4b8d-x2k9p",cluster="prod-eu"';
    const series = { [`gen_ai_client_token_usage_sum{${pod}}`]: "0+10x120" };
    const labels =
      '{__name__="raos_agent:model_tokens:increase1h",cluster="prod-eu",raos_agent="triage",raos_environment="production",raos_tenant="support"}';
    const samples = { 110: [{ labels, value: 600 }] };
    expect(await judgeQueries({ shape: "cluster", series }, "raos_agent:model_tokens:increase1h", samples)).toBe("");
  });

  const own = 'namespace="support",pod="triage-6c7d9f4b8d-x2k9p"';
  test.each([
    ["OpenTelemetry", { [`gen_ai_client_token_usage_sum{${own}}`]: "0+50000x120" }],
    ["OpenLLMetry", { [`gen_ai_client_token_usage_token_sum{${own}}`]: "0+50000x120" }],
    [
      "both, in one process",
      {
        [`gen_ai_client_token_usage_sum{${own},gen_ai_system="openai"}`]: "0+50000x120",
        [`gen_ai_client_token_usage_token_sum{${own},gen_ai_provider_name="openai"}`]: "0+50000x120",
      },
    ],
    [
      "one, scraped by a pair of Prometheus",
      {
        [`gen_ai_client_token_usage_sum{${own},prometheus_replica="a"}`]: "0+50000x120",
        [`gen_ai_client_token_usage_sum{${own},prometheus_replica="b"}`]: "0+50000x120",
      },
    ],
    [
      "one that counts the cached tokens again",
      {
        [`gen_ai_client_token_usage_sum{${own},gen_ai_token_type="input"}`]: "0+40000x120",
        [`gen_ai_client_token_usage_sum{${own},gen_ai_token_type="output"}`]: "0+10000x120",
        [`gen_ai_client_token_usage_sum{${own},gen_ai_token_type="input_cached"}`]: "0+30000x120",
      },
    ],
    ["one whose process began anew", { [`gen_ai_client_token_usage_sum{${own}}`]: "0+50000x80 50000+50000x40" }],
  ])("tokens are counted once: %s", async (_title, series) => {
    const samples = { 110: [{ labels: "{}", value: 3_000_000 }] };
    const query = "sum(raos_agent:model_tokens:increase1h)";
    expect(await judgeQueries({ shape: "plain", series }, query, samples)).toBe("");
  });
});
