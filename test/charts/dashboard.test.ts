import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { expect, test, vi } from "vitest";
import { DASHBOARD_FILE, dashboardText } from "../../tools/dashboard.ts";
import { describeReal } from "../real/component.ts";
import { fixtureReleases, manifests, type Release, renderRelease } from "./fixture-renders.ts";

test("the committed dashboard is what its script writes; `npm run dashboard` renews it", () => {
  expect(readFileSync(DASHBOARD_FILE, "utf8")).toBe(dashboardText());
});

test("the parser tells broken PromQL from whole", () => {
  expect(problems('sum by (le) (rate(x{a="b"}[5m])) > 0.5')).toEqual([]);
  expect(problems("sum(rate(x[5m])")).not.toEqual([]);
  expect(problems("rate(AGENT_CALLS}[5m])")).not.toEqual([]);
});

// Some tests render the whole fleet, one Helm after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

describeReal("helm", "the PromQL that the chart renders for the fixture fleet", () => {
  test.each(fixtureReleases().map((release) => [release.id, release] as const))("parses: %s", async (_id, release) => {
    const expressions = await promql(release);
    expect(expressions.length).toBeGreaterThan(4);
    expect(
      expressions.flatMap((expression) => problems(expression).map((problem) => `${problem} in ${expression}`)),
    ).toEqual([]);
  });

  test("each dashboard is one of its own: id and title name agent and environment, no word is left unfilled", async () => {
    const ids = new Set<string>();
    for (const release of fixtureReleases()) {
      for (const text of await dashboards(release)) {
        const { uid, title } = JSON.parse(text);
        ids.add(uid);
        expect(uid.length).toBeLessThanOrEqual(40);
        expect(title).toBe(`${release.agent.key} (${release.environment})`);
        expect(text).not.toMatch(/AGENT_/);
      }
    }
    // All but logistics/customs, which wants none.
    expect(ids.size).toBe(22);
  });
});

/** What the parser of Prometheus' own editor stumbles over. */
function problems(expression: string): readonly string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) found.push(`${from}-${to}`);
    },
  });
  return found;
}

async function dashboards(release: Release): Promise<readonly string[]> {
  const objects = manifests(await renderRelease(release));
  return objects
    .filter(({ metadata }) => metadata.labels?.grafana_dashboard === "1")
    .flatMap(({ data }) => Object.values<string>(data));
}

/** Every expression of a release: its rules', its dashboard's and its scaler's. */
async function promql(release: Release): Promise<readonly string[]> {
  const objects = manifests(await renderRelease(release));
  const rules = objects.flatMap(({ kind, spec }) =>
    kind === "PrometheusRule" ? spec.groups.flatMap((group: Group) => group.rules.map(({ expr }) => expr)) : [],
  );
  const queries = objects.flatMap(({ kind, spec }) =>
    kind === "ScaledObject" ? spec.triggers.flatMap(({ metadata }: Trigger) => metadata.query ?? []) : [],
  );
  const panels = (await dashboards(release)).flatMap((text) => {
    const { panels }: { panels: readonly Panel[] } = JSON.parse(text);
    return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  });
  return [...rules, ...queries, ...panels];
}

interface Group {
  readonly rules: readonly { readonly expr: string }[];
}
interface Trigger {
  readonly metadata: { readonly query?: string };
}
interface Panel {
  readonly targets?: readonly { readonly expr: string }[];
}
