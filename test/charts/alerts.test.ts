import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { describeReal } from "../real/component.ts";
import { checkRules, testRules } from "../real/promtool.ts";
import { stories, TWO_HOURS } from "./alert-stories.ts";
import { fixtureReleases, manifests, renderRelease } from "./fixture-renders.ts";

const releases = fixtureReleases();

// Some tests render the whole fleet, one Helm after the other, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

describeReal(["promtool", "helm"], "promtool on the rules of the fixture fleet", () => {
  test.each(releases.map((release) => [release.id, release] as const))(
    "finds nothing wrong with those of %s",
    async (_id, release) => {
      const rules = await rulesOf(release.id);
      const opinion = await checkRules(rules);
      expect(opinion.ok ? "" : opinion.output).toBe("");
    },
  );

  test.each(stories)("%s", async (_title, { release, series, firing, pace = { step: 1, span: TWO_HOURS } }) => {
    const owner = releases.find(({ id }) => id === release);
    const whose = {
      raos_agent: owner?.agent.name,
      raos_tenant: owner?.agent.tenant,
      raos_environment: owner?.environment,
    };
    const samples = firing.map((line) => {
      const [alertname = "", severity = "", window] = line.split(" ");
      const labels = { alertname, ...whose, severity, ...(window === undefined ? {} : { window }) };
      return {
        labels: `{${Object.entries(labels)
          .map(([name, value]) => `${name}="${value}"`)
          .join(",")}}`,
        value: 1,
      };
    });
    const tests = {
      rule_files: ["rules.yaml"],
      evaluation_interval: `${pace.step}m`,
      tests: [
        {
          interval: `${pace.step}m`,
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [
            {
              expr: 'max by (alertname, raos_agent, raos_tenant, raos_environment, severity, window) (ALERTS{alertstate="firing"})',
              eval_time: `${pace.span}m`,
              exp_samples: samples,
            },
          ],
        },
      ],
    };
    const opinion = await testRules(await rulesOf(release), stringify(tests));
    expect(opinion.ok ? "" : opinion.output).toBe("");
  });

  test("every alert of the chart fires in some story", async () => {
    const alerts = new Set<string>();
    for (const release of releases)
      for (const rule of (await groupsOf(release.id)).flatMap(({ rules }) => rules))
        if (rule.alert !== undefined) alerts.add(rule.alert);
    const fired = new Set(stories.flatMap(([, { firing }]) => firing.map((line) => line.split(" ")[0])));
    expect([...fired].sort()).toEqual([...alerts].sort());
  });

  test("every alert says whose it is, how bad, what happened and what to do", async () => {
    for (const { id, agent, environment } of releases) {
      for (const rule of (await groupsOf(id)).flatMap(({ rules }) => rules)) {
        expect(rule.labels).toMatchObject({
          raos_agent: agent.name,
          raos_tenant: agent.tenant,
          raos_environment: environment,
        });
        if (rule.alert === undefined) continue;
        expect(["critical", "warning"]).toContain(rule.labels.severity);
        expect(Object.keys(rule.annotations).sort()).toEqual(["description", "runbook", "summary"]);
        expect(JSON.stringify(rule)).not.toMatch(/AGENT_|<no value>/);
      }
    }
  });
});

interface Rule {
  readonly alert?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

async function groupsOf(id: string): Promise<readonly { readonly rules: readonly Rule[] }[]> {
  const release = releases.find((candidate) => candidate.id === id);
  if (release === undefined) throw new Error(`no release ${id}`);
  return manifests(await renderRelease(release)).flatMap(({ kind, spec }) =>
    kind === "PrometheusRule" ? spec.groups : [],
  );
}

async function rulesOf(id: string): Promise<string> {
  return stringify({ groups: await groupsOf(id) });
}
