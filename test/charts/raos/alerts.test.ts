import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { describeReal } from "../../real/component.ts";
import { checkRules, testRules } from "../../real/prometheus/promtool.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { serve } from "../../support/cli/serve.ts";
import { botStories, MINUTES } from "./alert-stories.ts";
import { objectsOf, RAOS_CHART } from "./value-sets.ts";

vi.setConfig({ testTimeout: 120_000 });

describeReal(["promtool", "helm"], "promtool on the bot's own alerts", () => {
  test.each(["namespaces", "everything"])("finds nothing wrong with those of %s", async (set) => {
    const opinion = await checkRules(await rulesOf(set));
    expect(opinion.ok ? "" : opinion.output).toBe("");
  });

  test.each(botStories)("%s", async (_, { series, firing }) => {
    const samples = firing.map((line) => {
      const [alertname = "", severity = "", resource] = line.split(" ");
      const labels = { alertname, severity, namespace: "raos-system", ...(resource === undefined ? {} : { resource }) };
      const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
      return { labels: `{${text.join(",")}}`, value: 1 };
    });
    const expr = 'max by (alertname, severity, namespace, resource) (ALERTS{alertstate="firing"})';
    const told = {
      interval: "1m",
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [{ expr, eval_time: `${MINUTES}m`, exp_samples: samples }],
    };
    const tests = { rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [told] };
    const opinion = await testRules(await rulesOf("namespaces"), stringify(tests));
    expect(opinion.ok ? "" : opinion.output).toBe("");
  });

  test("every alert fires in some story", async () => {
    const fired = new Set(botStories.flatMap(([, { firing }]) => firing.map((line) => line.split(" ")[0])));
    expect([...fired].sort()).toEqual((await alertsOf("namespaces")).map(({ alert }) => alert).sort());
  });

  test("each says how bad it is, where, what happened and what to do", async () => {
    for (const rule of [...(await alertsOf("namespaces")), ...(await alertsOf("everything"))]) {
      expect(["critical", "warning"]).toContain(rule.labels.severity);
      expect(rule.labels.namespace).toBe("raos-system");
      expect(Object.keys(rule.annotations).sort()).toEqual(["description", "runbook", "summary"]);
      expect(JSON.stringify(rule)).not.toMatch(/RAOS_[A-Z]|<no value>|<nil>/);
    }
  });

  test("times follow from the interval, and what is set wins", async () => {
    const idle = async (set: string) =>
      /> (\d+)/.exec((await alertsOf(set)).find(({ alert }) => alert === "RaosNotReconciling")?.expr ?? "")?.[1];
    expect(await idle("namespaces")).toBe(String(3 * 600 + 300));
    expect(await idle("everything")).toBe("3600");
    const rules = JSON.stringify(await alertsOf("everything"));
    expect(rules).toContain('raos_ready{cluster=\\"management\\",job=\\"raos\\"}');
    expect(rules).toContain("> 0.75");
    expect(rules).toContain("[900s:1m]");
    expect((await alertsOf("everything")).map(({ labels }) => labels.team)).not.toContain(undefined);
  });
});

test("the bot exports every metric that its alerts read", async () => {
  const place = fleetClone();
  const served = await serve(["--repo", place.bare], {});
  const text = await (await fetch(`${served.url}/metrics`)).text();
  const exported = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  const rules = readFileSync(join(RAOS_CHART, "files", "alerts.yaml"), "utf8");
  const read = new Set([...rules.matchAll(/\b(\w+)\{RAOS_SERIES/g)].map(([, name]) => name ?? ""));
  expect(read.size).toBeGreaterThan(8);
  // `up` is Prometheus' own.
  expect([...read].filter((name) => name !== "up" && !exported.has(name))).toEqual([]);
  for (const [, label = "", value = ""] of rules.matchAll(/RAOS_SERIES,(\w+)="([\w-]+)"/g))
    expect(text).toContain(`{${label}="${value}"}`);
  for (const resource of ["core", "graphql", "other"])
    expect(text).toContain(`raos_github_rate_limit_used_ratio{resource="${resource}"} 0`);
});

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

async function alertsOf(set: string): Promise<readonly AlertRule[]> {
  return (await objectsOf(set)).flatMap(({ kind, spec }) => (kind === "PrometheusRule" ? spec.groups[0].rules : []));
}

async function rulesOf(set: string): Promise<string> {
  return stringify({ groups: [{ name: "raos", rules: await alertsOf(set) }] });
}
