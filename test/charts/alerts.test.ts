import { expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { describeReal } from "../real/component.ts";
import { checkRules, testRules } from "../real/promtool.ts";
import { fixtureReleases, manifests, renderRelease } from "./fixture-renders.ts";

const releases = fixtureReleases();

/** Series per minute for two hours, and the alerts that fire at its end: `alertname severity [window]`. */
interface Story {
  readonly release: string;
  readonly series: Readonly<Record<string, string>>;
  readonly firing: readonly string[];
}

const TWO_HOURS = 120;
const steady = (perMinute: number) => `0+${perMinute}x${TWO_HOURS}`;
const constant = (value: number) => `${value}+0x${TWO_HOURS}`;

const pod = 'namespace="support-agents",pod="triage-0",container="agent"';
const other = 'namespace="support-agents",pod="triage-b-7d9f8c6b5-x2x4z",container="agent"';
const of = 'app_id="triage",namespace="support-agents"';
const ready = { 'kube_pod_status_ready{namespace="support-agents",pod="triage-0",condition="true"}': constant(1) };
const triage = (series: Story["series"], ...firing: string[]): Story => ({
  release: "production/support/triage",
  series: { ...ready, ...series },
  firing,
});
const calls = (failed: number, ok: number) => ({
  [`dapr_http_client_completed_count{${of},status="503"}`]: steady(failed),
  [`dapr_http_client_completed_count{${of},status="200"}`]: steady(ok),
});
const latency = (slow: number) => ({
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="5000"}`]: steady(100 - slow),
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="20000"}`]: steady(100),
  [`dapr_http_client_roundtrip_latency_bucket{${of},le="+Inf"}`]: steady(100),
});
const memory = (used: number) => ({
  [`container_memory_working_set_bytes{${pod}}`]: constant(used),
  [`kube_pod_container_resource_limits{${pod},resource="memory"}`]: constant(1000),
});
const killed = (whose: string) => ({
  [`kube_pod_container_status_last_terminated_reason{${whose},reason="OOMKilled"}`]: constant(1),
  [`kube_pod_container_status_restarts_total{${whose}}`]: `0x110 1x${TWO_HOURS - 110}`,
});
const autoscaler = (replicas: number) => ({
  'kube_horizontalpodautoscaler_status_current_replicas{namespace="support-agents",horizontalpodautoscaler="keda-hpa-triage"}':
    constant(replicas),
  'kube_horizontalpodautoscaler_spec_max_replicas{namespace="support-agents",horizontalpodautoscaler="keda-hpa-triage"}':
    constant(12),
});
const given = (topic: string, count: string) => ({
  [`dapr_component_pubsub_ingress_count{${of},topic="${topic}",process_status="drop"}`]: count,
});

/** The objective of support/triage is 2 % of calls failed, so 14.4 × is 28.8 %, 6 × is 12 %, 3 × is 6 %. */
const stories: readonly (readonly [title: string, story: Story])[] = [
  ["1 % of calls fail", triage(calls(1, 99))],
  ["3 % of calls fail", triage(calls(3, 97), "AgentErrorBudgetBurnSlow warning 3d")],
  [
    "10 % of calls fail",
    triage(calls(10, 90), "AgentErrorBudgetBurnSlow warning 1d", "AgentErrorBudgetBurnSlow warning 3d"),
  ],
  [
    "20 % of calls fail",
    triage(
      calls(20, 80),
      "AgentErrorBudgetBurnFast critical 6h",
      "AgentErrorBudgetBurnSlow warning 1d",
      "AgentErrorBudgetBurnSlow warning 3d",
    ),
  ],
  [
    "half of the calls fail",
    triage(
      calls(50, 50),
      "AgentErrorBudgetBurnFast critical 1h",
      "AgentErrorBudgetBurnFast critical 6h",
      "AgentErrorBudgetBurnSlow warning 1d",
      "AgentErrorBudgetBurnSlow warning 3d",
    ),
  ],
  ["nobody calls", triage(calls(0, 0))],
  ["4 % of answers are late", triage(latency(4))],
  ["10 % of answers are late", triage(latency(10), "AgentLatencyHigh warning")],
  ["memory at 80 %", triage(memory(800))],
  ["memory at 95 %", triage(memory(950), "AgentMemoryNearLimit warning")],
  ["killed for memory", triage(killed(pod), "AgentOutOfMemory critical")],
  ["another agent, whose name begins with this one's, was killed for memory", triage(killed(other))],
  ["restarted once", triage({ [`kube_pod_container_status_restarts_total{${pod}}`]: `0x110 1x${TWO_HOURS - 110}` })],
  [
    "restarts every three minutes",
    triage({ [`kube_pod_container_status_restarts_total{${pod}}`]: `0+0.34x${TWO_HOURS}` }, "AgentRestarting critical"),
  ],
  [
    "no pod is ready",
    {
      ...triage({}, "AgentUnavailable critical"),
      series: { 'kube_pod_status_ready{namespace="support-agents",pod="triage-0",condition="true"}': constant(0) },
    },
  ],
  ["half of the replicas", triage(autoscaler(6))],
  ["as many replicas as there may be", triage(autoscaler(12), "AgentAtMaxReplicas warning")],
  [
    "a component failed",
    triage(
      {
        [`dapr_runtime_component_init_fail_total{${of},component="state.redis",componentName="triage-state",reason="init"}`]:
          constant(1),
      },
      "AgentDaprComponentFailed critical",
    ),
  ],
  [
    "a component of another tenant's agent of this name failed",
    triage({
      'dapr_runtime_component_init_fail_total{app_id="triage",namespace="finance",component="state.redis"}':
        constant(1),
    }),
  ],
  [
    "a first message was given up",
    triage(given("tickets.created", `_x115 1x${TWO_HOURS - 115}`), "AgentDeadLetters warning"),
  ],
  ["messages go on being given up", triage(given("tickets.created", steady(1)), "AgentDeadLetters warning")],
  ["messages were given up an hour ago", triage(given("tickets.created", `0x60 5x${TWO_HOURS - 60}`))],
  ["messages of a topic without a dead letter topic were dropped", triage(given("tickets.reopened", steady(1)))],
  [
    "half of the gRPC calls fail by the server's fault",
    {
      release: "production/logistics/route-planner",
      series: grpc("Unavailable"),
      firing: [
        "AgentErrorBudgetBurnFast critical 6h",
        "AgentErrorBudgetBurnSlow warning 1d",
        "AgentErrorBudgetBurnSlow warning 3d",
      ],
    },
  ],
  [
    "half of the gRPC calls fail by the caller's fault",
    { release: "production/logistics/route-planner", series: grpc("InvalidArgument"), firing: [] },
  ],
];

function grpc(status: string): Story["series"] {
  const to =
    'app_id="route-planner",namespace="logistics-agents",grpc_client_method="/dapr.proto.runtime.v1.AppCallback/OnInvoke"';
  return {
    [`dapr_grpc_io_client_completed_rpcs{${to},grpc_client_status="${status}"}`]: steady(10),
    [`dapr_grpc_io_client_completed_rpcs{${to},grpc_client_status="OK"}`]: steady(10),
  };
}

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

  test.each(stories)("%s", async (_title, { release, series, firing }) => {
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
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [
            {
              expr: 'max by (alertname, raos_agent, raos_tenant, raos_environment, severity, window) (ALERTS{alertstate="firing"})',
              eval_time: `${TWO_HOURS}m`,
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
