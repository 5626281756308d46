import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { shippedPolicies } from "../../src/app/world/shipped-policies.ts";
import { loadPolicies } from "../../src/pass/load-policies.ts";
import { fillQuery } from "../../src/remedy/fill-query.ts";
import { describeReal } from "../real/component.ts";
import { checkRules, testRules } from "../real/prometheus/promtool.ts";
import { type Story, stories, TWO_HOURS } from "./alert-stories.ts";
import { deploymentReleases, fixtureReleases, manifests, type Release, renderRelease } from "./fixture-renders.ts";

const jobs = deploymentReleases().filter(({ id }) => id === "production/search/digest");
const releases = [...fixtureReleases(), ...jobs];

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

  test.each(stories)("%s", async (_title, story) => {
    const owner = releases.find(({ id }) => id === story.release);
    const whose = {
      raos_agent: owner?.agent.name,
      raos_tenant: owner?.agent.tenant,
      raos_environment: owner?.environment,
    };
    const samples = story.firing.map((line) => {
      const [alertname = "", severity = "", window] = line.split(" ");
      const labels = { alertname, ...whose, severity, ...(window === undefined ? {} : { window }) };
      return {
        labels: `{${Object.entries(labels)
          .map(([name, value]) => `${name}="${value}"`)
          .join(",")}}`,
        value: 1,
      };
    });
    const firing = {
      expr: 'max by (alertname, raos_agent, raos_tenant, raos_environment, severity, window) (ALERTS{alertstate="firing"})',
      exp_samples: samples,
    };
    // One run for both: each evaluates every rule over hours or weeks.
    const looks = await looksOf(story, owner);
    expect(await opinionOf(story, [firing, ...looks])).toBe("");
  });

  test("every alert of the chart fires in some story", async () => {
    const alerts = new Set<string>();
    for (const release of releases)
      for (const rule of (await groupsOf(release.id)).flatMap(({ rules }) => rules))
        if (rule.alert !== undefined) alerts.add(rule.alert);
    const fired = new Set(stories.flatMap(([, { firing }]) => firing.map((line) => line.split(" ")[0])));
    expect([...fired].sort()).toEqual([...alerts].sort());
  });

  const always = [
    "AgentCPUThrottled",
    "AgentEvicted",
    "AgentImagePullFailed",
    "AgentMemoryNearLimit",
    "AgentOutOfMemory",
    "AgentRestarting",
    "AgentSecretMissing",
  ];
  const model = ["AgentContextTooLong", "AgentModelProviderErrors", "AgentModelRateLimited", "AgentTokenCostHigh"];
  const budget = ["AgentErrorBudgetBurnFast", "AgentErrorBudgetBurnSlow"];
  test.each([
    [
      "production/support/triage",
      [
        "AgentScaledObjectAtMax",
        "AgentScalerFailing",
        "AgentQueueLag",
        "AgentQuotaNearlyFull",
        "AgentPeerFailing",
        "AgentToolFailing",
        ...model,
      ],
      ["AgentIdle", "AgentAtMaxReplicas"],
    ],
    [
      "production/finance/billing",
      ["AgentAtMaxReplicas", "AgentQuotaNearlyFull", "AgentIdle", "AgentPeerFailing", "AgentToolFailing", ...model],
      ["AgentScaledObjectAtMax", "AgentScalerFailing", "AgentQueueLag"],
    ],
    [
      "production/logistics/route-planner",
      ["AgentIdle", "AgentPeerFailing", ...budget],
      ["AgentAtMaxReplicas", "AgentScaledObjectAtMax", "AgentQuotaNearlyFull", "AgentToolFailing", ...model],
    ],
    [
      "production/support/hello",
      ["AgentUnavailable"],
      [
        "AgentAtMaxReplicas",
        "AgentIdle",
        "AgentPeerFailing",
        "AgentToolFailing",
        "AgentLatencyHigh",
        ...model,
        ...budget,
      ],
    ],
  ])("%s has the alerts that it has signals for", async (id, has, hasNot) => {
    const names = (await groupsOf(id)).flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    expect(names).toEqual(expect.arrayContaining([...always, ...has]));
    expect(names.filter((name) => hasNot.includes(name))).toEqual([]);
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

/** What the remedies of the alerts that fire look at: of the evidence that has a line drawn into its picture, some has something to draw. */
async function looksOf(story: Story, owner: Release | undefined) {
  const { remedies } = loadPolicies(await shippedPolicies(), []);
  const agent = {
    name: owner?.agent.name ?? "",
    namespace: owner?.namespace ?? "",
    tenant: owner?.agent.tenant ?? "",
    environment: owner?.environment ?? "",
  };
  return story.firing.map((line) => {
    const [alertname, , window = ""] = line.split(" ");
    const remedy = remedies.find(({ alerts }) => alerts.some((name) => name === alertname));
    const queries = (remedy?.evidence ?? []).flatMap((one) =>
      one.kind === "promql" && one.threshold !== undefined ? [fillQuery(one.query, { agent, labels: { window } })] : [],
    );
    return {
      expr: `sgn(${queries.map((query) => `count(${query})`).join(" or ")})`,
      exp_samples: [{ labels: "{}", value: 1 }],
    };
  });
}

/** What promtool says of queries at the end of a story; nothing where all give what is expected. */
async function opinionOf(
  story: Story,
  queries: readonly { readonly expr: string; readonly exp_samples: unknown }[],
): Promise<string> {
  const { release, series, pace = { step: 1, span: TWO_HOURS } } = story;
  const interval = `${pace.step}m`;
  const told = {
    interval,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: queries.map((query) => ({ ...query, eval_time: `${pace.span}m` })),
  };
  const tests = { rule_files: ["rules.yaml"], evaluation_interval: interval, tests: [told] };
  const opinion = await testRules(await rulesOf(release), stringify(tests));
  return opinion.ok ? "" : opinion.output;
}

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
