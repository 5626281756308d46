import { expect, it } from "vitest";
import { describeReal } from "../component.ts";
import { checkRules, testRules } from "./promtool.ts";

const rules = "groups: [{name: a, rules: [{alert: Down, expr: up == 0, for: 1m}]}]";

describeReal("promtool", "promtool", () => {
  it("accepts a rule and refuses one that is no PromQL", async () => {
    expect(await checkRules(rules)).toMatchObject({ ok: true });
    const wrong = await checkRules("groups: [{name: a, rules: [{alert: Down, expr: up ==}]}]");
    expect(wrong).toMatchObject({ ok: false, output: expect.stringContaining("could not parse expression") });
  });

  it("sees an alert fire, and sees that another does not", async () => {
    expect(await testRules(rules, firing("Down"))).toMatchObject({ ok: true });
    expect(await testRules(rules, firing("Up"))).toMatchObject({
      ok: false,
      output: expect.stringContaining("FAILED"),
    });
  });
});

function firing(alert: string): string {
  const series = "input_series: [{series: up, values: 0x5}]";
  const expected = `alert_rule_test: [{eval_time: 2m, alertname: ${alert}, exp_alerts: [{}]}]`;
  return `{rule_files: [rules.yaml], evaluation_interval: 1m, tests: [{interval: 1m, ${series}, ${expected}}]}`;
}
