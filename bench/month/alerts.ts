import { CLUSTER, type Environment, type SimAgent } from "./fleet.ts";
import type { Incident } from "./incident.ts";
import { type Moment, nodeOf, podsOf } from "./metrics.ts";
import { HOUR, isKilled, MINUTE, readyOf, replicasOf, throttledOf } from "./signals.ts";

/** A rule that fires now, as labels; the sender adds times. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly isGrafana: boolean;
}

type Labels = Readonly<Record<string, string>>;
type At = (time: number) => Moment;

/** A rule of the chart, or of kubernetes-mixin: its name there, and whether it fires. */
interface Rule {
  readonly name: string;
  /** The rule of kubernetes-mixin that means the same: tenants with `isExported` have only those. */
  readonly mixin?: string;
  readonly labels?: (agent: SimAgent, moment: Moment) => Labels;
  fires(at: At, now: number, agent: SimAgent): boolean;
}

/** Whether a condition holds at several moments of the last minutes. */
function held(at: At, now: number, minutes: number, test: (moment: Moment) => boolean): boolean {
  return Array.from({ length: 4 }, (_, index) => now - (index * minutes * MINUTE) / 3).every((time) => test(at(time)));
}

function some(at: At, now: number, minutes: number, test: (moment: Moment) => boolean): boolean {
  return Array.from({ length: minutes / 5 }, (_, index) => now - index * 5 * MINUTE).some((time) => test(at(time)));
}

const wanted = ({ signals, settings }: Moment) => Math.max(settings.min, Math.min(signals.needed, settings.max));
const model = (_agent: SimAgent, { settings }: Moment) => ({
  gen_ai_request_model: settings.model,
  gen_ai_provider_name: "openai",
});
const killed = ({ signals, settings }: Moment) => isKilled(signals, settings);
const isAtMax = ({ signals, settings }: Moment) =>
  replicasOf(signals, settings) >= settings.max && settings.min < settings.max;

const RULES: readonly Rule[] = [
  {
    name: "AgentOutOfMemory",
    mixin: "KubeContainerOOMKilled",
    labels: () => ({ container: "agent" }),
    fires: (at, now) => some(at, now, 15, killed),
  },
  {
    name: "AgentMemoryNearLimit",
    fires: (at, now) =>
      held(
        at,
        now,
        10,
        ({ signals, settings }) =>
          signals.memory > 0.9 * settings.memoryLimit && signals.memory <= settings.memoryLimit,
      ),
  },
  {
    name: "AgentRestarting",
    mixin: "KubePodCrashLooping",
    labels: (_agent, { signals }) => ({ container: signals.crash?.container ?? "agent" }),
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.crash !== undefined),
  },
  {
    name: "AgentCPUThrottled",
    mixin: "CPUThrottlingHigh",
    labels: () => ({ container: "agent" }),
    fires: (at, now) => held(at, now, 15, ({ signals, settings }) => throttledOf(signals, settings) > 0.25),
  },
  {
    name: "AgentEvicted",
    mixin: "KubePodEvicted",
    labels: (agent) => ({ node: nodeOf(agent) }),
    fires: (at, now) => at(now).signals.evicted !== undefined,
  },
  {
    name: "AgentAtMaxReplicas",
    mixin: "KubeHpaMaxedOut",
    labels: ({ name }) => ({ horizontalpodautoscaler: name }),
    fires: (at, now, agent) => agent.work === "http" && held(at, now, 15, isAtMax),
  },
  {
    name: "AgentScaledObjectAtMax",
    mixin: "KubeHpaMaxedOut",
    labels: ({ name }) => ({ horizontalpodautoscaler: `keda-hpa-${name}` }),
    fires: (at, now, agent) => agent.work === "queue" && held(at, now, 15, isAtMax),
  },
  {
    name: "KafkaConsumerGroupLag",
    labels: ({ tenant, name }) => ({
      consumergroup: `${tenant}.${name}`,
      topic: name,
      namespace: "data",
      pod: "kafka-exporter-0",
    }),
    fires: (at, now, agent) =>
      agent.work === "queue" &&
      held(at, now, 15, ({ signals, settings }) => signals.lag > 2.5 * settings.kafkaLag * settings.max),
  },
  {
    name: "AgentModelProviderErrors",
    labels: model,
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.modelErrors > 0.1),
  },
  {
    name: "AgentModelRateLimited",
    labels: model,
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.rateLimited > 0.05),
  },
  { name: "AgentContextTooLong", labels: model, fires: (at, now) => at(now).signals.tooLong > 2 },
  {
    name: "AgentErrorBudgetBurnFast",
    labels: () => ({ window: "1h" }),
    fires: (at, now) => held(at, now, 30, ({ signals }) => signals.errors > 0.144),
  },
  { name: "AgentLatencyHigh", fires: (at, now) => held(at, now, 15, ({ signals }) => signals.latency > 5) },
  {
    name: "AgentToolFailing",
    labels: () => ({ server_address: "search-mcp" }),
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.toolErrors > 0.1),
  },
  {
    name: "AgentPeerFailing",
    labels: () => ({ peer: "ledger" }),
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.peerErrors > 0.1),
  },
  {
    name: "AgentTokenCostHigh",
    fires: (at, now) => held(at, now, 18 * 60, ({ signals }) => signals.tokensPerHour > 500_000),
  },
  {
    name: "AgentDeadLetters",
    labels: ({ name }) => ({ topic: name }),
    fires: (at, now) =>
      at(now).signals.deadLetters > at(now - 15 * MINUTE).signals.deadLetters && at(now).signals.deadLetters !== 100,
  },
  {
    name: "AgentDaprComponentFailed",
    labels: (_agent, { signals }) => ({
      component: signals.daprFailed?.component ?? "",
      componentName: signals.daprFailed?.name ?? "",
    }),
    fires: (at, now) => at(now).signals.daprFailed !== undefined,
  },
  {
    name: "AgentImagePullFailed",
    mixin: "KubeContainerWaiting",
    labels: (_agent, { signals }) => ({ container: "agent", reason: signals.waiting?.reason ?? "" }),
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.waiting?.reason === "ImagePullBackOff"),
  },
  {
    name: "AgentSecretMissing",
    mixin: "KubeContainerWaiting",
    labels: (_agent, { signals }) => ({ container: "agent", reason: signals.waiting?.reason ?? "" }),
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.waiting?.reason === "CreateContainerConfigError"),
  },
  {
    name: "AgentUnavailable",
    mixin: "KubePodNotReady",
    fires: (at, now) =>
      held(at, now, 10, (moment) => wanted(moment) > 0 && readyOf(moment.signals, moment.settings) === 0),
  },
  {
    name: "KubeDeploymentReplicasMismatch",
    mixin: "KubeDeploymentReplicasMismatch",
    labels: ({ tenant, name }) => ({ namespace: tenant, deployment: name }),
    fires: (at, now) =>
      held(
        at,
        now,
        15,
        (moment) =>
          readyOf(moment.signals, moment.settings) < wanted(moment) && readyOf(moment.signals, moment.settings) > 0,
      ),
  },
  {
    name: "KubePersistentVolumeFillingUp",
    labels: ({ tenant, name }) => ({
      namespace: tenant,
      persistentvolumeclaim: `data-${name}-0`,
      severity: "critical",
    }),
    fires: (at, now) => (at(now).signals.volumeFree ?? 1) < 0.03,
  },
  {
    name: "AgentQuotaNearlyFull",
    labels: () => ({ resourcequota: "tenant", resource: "pods" }),
    fires: (at, now) => held(at, now, 15, ({ signals }) => signals.quotaUsed > 0.9),
  },
  {
    name: "AgentIdle",
    fires: (at, now) =>
      Array.from({ length: 28 }, (_, index) => at(now - index * 6 * HOUR)).every(
        ({ signals }) => signals.calls === 0 || !signals.isMeasured,
      ),
  },
];

/** The alerts that fire about an agent now. */
export function firingAlerts(
  agent: SimAgent,
  environment: Environment,
  incidents: readonly Incident[],
  at: At,
  now: number,
): readonly Firing[] {
  const moment = at(now);
  const fired = RULES.filter((rule) => rule.fires(at, now, agent)).map((rule): Firing => {
    const own = rule.labels?.(agent, moment) ?? {};
    return {
      labels: labelsOf(rule, own, agent, environment, moment),
      annotations: { summary: `${agent.key} is not well` },
      isGrafana: false,
    };
  });
  const noData = incidents.flatMap(({ noData: reason }): readonly Firing[] => {
    if (reason === undefined) return [];
    const labels = {
      alertname: "AgentOutOfMemory",
      raos_agent: agent.name,
      raos_tenant: agent.tenant,
      raos_environment: environment,
      cluster: CLUSTER[environment],
    };
    return [{ labels, annotations: { summary: "no data", grafana_state_reason: reason }, isGrafana: true }];
  });
  return [...fired, ...noData];
}

function labelsOf(
  { name, mixin }: Rule,
  own: Labels,
  agent: SimAgent,
  environment: Environment,
  { signals, settings }: Moment,
): Labels {
  const cluster = CLUSTER[environment];
  const { tenant } = agent;
  if (!agent.isExported || mixin === undefined) {
    const whose = name.startsWith("Agent")
      ? { raos_agent: agent.name, raos_tenant: tenant, raos_environment: environment }
      : {};
    return { alertname: name, severity: "warning", cluster, ...whose, ...own };
  }
  const [pod = ""] = podsOf(agent, environment, Math.max(1, replicasOf(signals, settings)));
  const measured = {
    namespace: tenant,
    ...(own.deployment === undefined && own.horizontalpodautoscaler === undefined ? { pod } : {}),
    ...own,
  };
  const exported = Object.entries(measured).map(([label, value]) => [
    /^(namespace|pod|container)$/.test(label) ? `exported_${label}` : label,
    value,
  ]);
  return {
    alertname: mixin,
    severity: "warning",
    cluster,
    namespace: "monitoring",
    pod: "kube-state-metrics-0",
    container: "kube-state-metrics",
    job: "kube-state-metrics",
    ...Object.fromEntries(exported),
  };
}
