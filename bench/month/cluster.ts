import { ENVIRONMENTS, type Environment, type SimAgent } from "./fleet.ts";
import { type Moment, nodeOf, podsOf, type Sight } from "./metrics.ts";
import { HOUR, isKilled, MINUTE, readyOf, replicasOf } from "./signals.ts";

/** What the Kubernetes API of one environment answers to a list of a namespace. Undefined: it has no such list. */
export function kubernetesAnswer(
  sight: Sight,
  environment: Environment,
  path: string,
  query: URLSearchParams,
  now: number,
): object | undefined {
  const [, namespace = "", what = ""] = /\/namespaces\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const selected = /app\.kubernetes\.io\/instance=([^,]+)/.exec(query.get("labelSelector") ?? "")?.[1];
  const named = /metadata\.name=([^,]+)/.exec(query.get("fieldSelector") ?? "")?.[1];
  const agents = sight.agents.filter(
    ({ tenant, name }) => tenant === namespace && name === (selected ?? named ?? name),
  );
  const each = (list: (agent: SimAgent, moment: Moment) => readonly object[]) => ({
    kind: "List",
    metadata: {},
    items: agents.flatMap((agent) => list(agent, sight.at(agent, environment, now))),
  });
  switch (what) {
    case "pods":
      return each((agent, moment) => podsIn(agent, environment, moment));
    case "events":
      return each((agent, moment) => eventsIn(agent, environment, moment, now));
    case "deployments":
      return each((agent, moment) => [deploymentOf(agent, moment)]);
    case "statefulsets":
      return { kind: "List", metadata: {}, items: [] };
    case "resourcequotas": {
      const [first] = agents;
      const used =
        first === undefined
          ? 0
          : Math.max(...agents.map((agent) => sight.at(agent, environment, now).signals.quotaUsed));
      return {
        kind: "List",
        metadata: {},
        items: [
          {
            metadata: { name: "tenant", namespace },
            status: { hard: { pods: "400" }, used: { pods: String(Math.round(400 * used)) } },
          },
        ],
      };
    }
    case "horizontalpodautoscalers":
      return each((agent, { signals, settings }) => [
        {
          metadata: { name: agent.work === "queue" ? `keda-hpa-${agent.name}` : agent.name, namespace },
          spec: { minReplicas: settings.min, maxReplicas: settings.max },
          status: {
            currentReplicas: replicasOf(signals, settings),
            desiredReplicas: Math.max(settings.min, Math.min(settings.max, signals.needed)),
          },
        },
      ]);
    default:
      return undefined;
  }
}

export function environmentOfContext(context: string): Environment | undefined {
  return ENVIRONMENTS.find((one) => context === { staging: "s1", production: "p1" }[one]);
}

function deploymentOf({ tenant, name }: SimAgent, { signals, settings }: Moment): object {
  const container = {
    name: "agent",
    image: settings.image,
    resources: {
      limits: { cpu: `${Math.round(settings.cpuLimit * 1000)}m`, memory: String(settings.memoryLimit) },
      requests: { cpu: `${Math.round(settings.cpuRequest * 1000)}m`, memory: String(settings.memoryRequest) },
    },
  };
  return {
    metadata: { name, namespace: tenant, generation: 2 },
    spec: {
      replicas: Math.max(settings.min, Math.min(signals.needed, settings.max)),
      template: { spec: { containers: [container] } },
    },
    status: {
      observedGeneration: 2,
      readyReplicas: readyOf(signals, settings),
      updatedReplicas: replicasOf(signals, settings),
    },
  };
}

function podsIn(agent: SimAgent, environment: Environment, { signals, settings }: Moment): readonly object[] {
  const ready = readyOf(signals, settings);
  const killed = isKilled(signals, settings);
  return podsOf(agent, environment, replicasOf(signals, settings)).map((name, index) => ({
    metadata: { name, namespace: agent.tenant, labels: { "app.kubernetes.io/instance": agent.name } },
    spec: { nodeName: index === 0 ? nodeOf(agent) : `node-${40 + index}` },
    status: {
      phase: signals.waiting === undefined ? "Running" : "Pending",
      containerStatuses: (["agent", "daprd"] as const).map((container) => {
        const ended =
          container === "agent" && killed
            ? { reason: "OOMKilled", exitCode: 137 }
            : signals.crash?.container === container
              ? { reason: "Error", exitCode: 1 }
              : undefined;
        return {
          name: container,
          image: container === "agent" ? settings.image : "daprd",
          // The agent's container does not mind that its sidecar crashes.
          ready: container === "agent" && signals.crash?.container === "daprd" ? true : index < ready,
          restartCount: ended === undefined ? 0 : 7,
          state:
            container === "agent" && signals.waiting !== undefined
              ? { waiting: { reason: signals.waiting.reason } }
              : { running: {} },
          lastState: ended === undefined ? {} : { terminated: ended },
        };
      }),
    },
  }));
}

function eventsIn(
  agent: SimAgent,
  environment: Environment,
  { signals, settings }: Moment,
  now: number,
): readonly object[] {
  const [pod = ""] = podsOf(agent, environment, 1);
  const event = (reason: string, message: string) => ({
    metadata: { name: `${pod}.${reason}`, namespace: agent.tenant },
    involvedObject: { kind: "Pod", name: pod, namespace: agent.tenant },
    reason,
    message,
    type: "Warning",
    count: 3,
    lastTimestamp: new Date(now - 2 * MINUTE).toISOString(),
  });
  const { waiting, crash, evicted, room, needed } = signals;
  return [
    ...(waiting === undefined ? [] : [event("Failed", waiting.message)]),
    ...(crash === undefined ? [] : [event("BackOff", `Back-off restarting failed container ${crash.container}`)]),
    ...(evicted === "memory"
      ? [
          event(
            "Evicted",
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. Container agent was using more than its request.",
          ),
        ]
      : []),
    ...(evicted === "disk"
      ? [event("Evicted", "The node was low on resource: ephemeral-storage. Threshold quantity: 2Gi, available: 1Gi.")]
      : []),
    ...(signals.unready > 0 && signals.unready < replicasOf(signals, settings)
      ? [event("NodeNotReady", "Node is not ready")]
      : []),
    ...(signals.unready >= 100
      ? [event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404")]
      : []),
    ...(room < Math.min(needed, settings.max) && signals.quotaUsed < 1
      ? [event("FailedScheduling", "0/9 nodes are available: 9 Insufficient cpu.")]
      : []),
    ...(signals.quotaUsed >= 1
      ? [event("FailedCreate", "exceeded quota: tenant, requested: pods=1, used: pods=400, limited: pods=400")]
      : []),
  ];
}

/** The lines of an agent's log in a range, each with its moment in milliseconds: what its signals say, and the usual ones. */
export function logLines(
  sight: Sight,
  agent: SimAgent,
  environment: Environment,
  from: number,
  to: number,
): readonly (readonly [number, string])[] {
  const lines: [number, string][] = [];
  for (
    let time = Math.ceil(from / (10 * MINUTE)) * 10 * MINUTE;
    time <= to && lines.length < 2000;
    time += 10 * MINUTE
  ) {
    const { signals } = sight.at(agent, environment, time);
    lines.push([time, `level=info msg="answered" calls=${Math.round(signals.calls / 6)}`]);
    if (signals.crash?.container === "agent") lines.push([time + 1, signals.crash.line]);
    // What is wrong is wrong all the time: a line every two minutes.
    for (const [index, line] of signals.lines.entries())
      for (let minute = 0; minute < 10; minute += 2) lines.push([time + minute * MINUTE + 2 + index, line]);
  }
  return lines.filter(([time]) => time <= to && time > to - 30 * HOUR);
}
