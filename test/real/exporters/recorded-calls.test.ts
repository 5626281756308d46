import { expect, test, vi } from "vitest";
import { judge, judgeQueries } from "../../charts/rules/shapes.ts";
import { describeReal } from "../component.ts";
import { type Recorded, recorded } from "./recorded.ts";

vi.setConfig({ testTimeout: 60_000 });

/** The recorded calls again each minute: 8 that succeed, 2 bad requests, 2 beyond the rate limit, 3 that fail at the provider. */
function eachMinute(series: Recorded, wanted: (name: string) => boolean): Readonly<Record<string, string>> {
  const chosen = Object.entries(series).filter(([name]) => wanted(name));
  return Object.fromEntries(chosen.map(([name, value]) => [name, `0+${value}x90`]));
}

/** The rules about models: the others read nothing of this. */
const only = /model|Model|Context|Token/;

describeReal(["promtool", "helm"], "the rules on what instrumentations count", () => {
  test.each(["opentelemetry-python", "openllmetry-python", "opentelemetry-javascript"])("%s", async (name) => {
    const all = eachMinute(recorded(name), () => true);
    const firing = ["AgentContextTooLong", "AgentModelProviderErrors", "AgentModelRateLimited"];
    expect(await judge({ shape: "plain", only, series: all, firing: { 80: firing } })).toBe("");

    const limited = eachMinute(recorded(name), (one) => !/BadRequest|InternalServer/.test(one));
    expect(await judge({ shape: "plain", only, series: limited, firing: { 80: ["AgentModelRateLimited"] } })).toBe("");

    const well = eachMinute(recorded(name), (one) => !one.includes("error_type"));
    expect(await judge({ shape: "plain", only, series: well, firing: { 80: [] } })).toBe("");

    const tokens = "sum(raos_agent:model_tokens:increase1h)";
    const used = { 80: [{ labels: "{}", value: 8 * 120 * 60 }] };
    expect(await judgeQueries({ shape: "plain", only, series: all }, tokens, used)).toBe("");

    // Three of fifteen, whether a failure is counted with its model or without.
    const share = "max(raos_agent:model_error_ratio:rate10m)";
    const failed = { 80: [{ labels: "{}", value: 0.2 }] };
    expect(await judgeQueries({ shape: "plain", only, series: all }, share, failed)).toBe("");
  });
});
