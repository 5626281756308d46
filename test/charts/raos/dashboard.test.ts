import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createApiMetrics } from "../../../src/app/service/api/api-metrics.ts";
import { createPassMetrics } from "../../../src/app/service/pass-metrics.ts";
import { watchAlerts, watchFailing, watchQueue, watchRateLimits, watchRounds } from "../../../src/http/metrics.ts";
import { BOT_DASHBOARD_FILE, botDashboardText } from "../../../tools/bot-dashboard.ts";
import { describeReal } from "../../real/component.ts";
import { objectsOf } from "./value-sets.ts";

test("the committed dashboard is what its script writes; `npm run dashboard` renews it", () => {
  expect(readFileSync(BOT_DASHBOARD_FILE, "utf8")).toBe(botDashboardText());
});

describeReal("helm", "the dashboard of a release", () => {
  test("reads only metrics that the program has, of this release alone", async () => {
    const registry = new Registry();
    createPassMetrics(registry, Date.now);
    createApiMetrics(registry);
    watchQueue(registry, () => ({ waiting: 0, running: 0 }));
    watchFailing(registry, { repositories: () => 0, installations: () => 0 });
    watchAlerts(registry, () => 0);
    watchRateLimits(registry, ["core"], () => 0);
    watchRounds(registry, { repositories: () => 0, isReady: () => true });
    const known = new Set(registry.getMetricsAsArray().map(({ name }) => name));
    const [config] = (await objectsOf("everything")).filter(({ kind, data }) => kind === "ConfigMap" && data);
    expect(config?.metadata.labels).toMatchObject({ grafana_dashboard: "1", release: "kube-prometheus-stack" });
    const [text = "{}"] = Object.values<string>(config?.data ?? {});
    expect(text).not.toMatch(/RAOS_/);
    const { uid, panels }: { uid: string; panels: readonly Panel[] } = JSON.parse(text);
    expect(uid).toMatch(/^raos-[0-9a-f]{32}$/);
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(12);
    for (const expression of expressions) {
      const names = expression.match(/raos_\w+/g) ?? [];
      expect(names.length, expression).toBeGreaterThan(0);
      for (const name of names) expect(known, expression).toContain(name.replace(/_bucket$/, ""));
      expect(expression.match(/\{/g)?.length).toBe(expression.match(/cluster="management",job="raos"/g)?.length);
      parser.parse(expression).iterate({ enter: ({ type }) => expect(type.isError, expression).toBe(false) });
    }
  });

  test("is not there unless it is asked for", async () => {
    expect((await objectsOf("defaults")).map(({ kind }) => kind)).not.toContain("ConfigMap");
  });
});

interface Panel {
  readonly targets?: readonly { readonly expr: string }[];
}
