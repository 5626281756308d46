import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import { nearest } from "../../problems/nearest.ts";
import { secretRefs } from "../rules/pod/external-keys.ts";
import { POD, podContainers, type Steps } from "../rules/pod/pod-containers.ts";
import type { SpecFault } from "../rules/spec-fault.ts";

/** Labels of nodes that every cluster has, with their values where these are few. */
const NODE_LABELS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/arch": ["amd64", "arm64", "arm", "ppc64le", "s390x", "riscv64"],
  "kubernetes.io/os": ["linux"],
  "kubernetes.io/hostname": [],
  "topology.kubernetes.io/zone": [],
  "topology.kubernetes.io/region": [],
  "node.kubernetes.io/instance-type": [],
};
/** Devices that the usual plugins offer. */
const DEVICES = ["nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915", "aws.amazon.com/neuron", "google.com/tpu"];

/** Labels of nodes, values of them and devices that no node has, and one nearly does. */
export function nodes({ runtime }: AgentSpec): readonly SpecFault[] {
  const { pod } = runtime;
  const selected = Object.entries(pod?.nodeSelector ?? {}).flatMap(([key, value]) =>
    labelFault(key, value, [...POD, "nodeSelector", key]),
  );
  const topologies = (pod?.topologySpreadConstraints ?? []).flatMap(({ topologyKey }, index) =>
    labelFault(topologyKey, undefined, [...POD, "topologySpreadConstraints", index, "topologyKey"]),
  );
  const devices = Object.keys(pod?.extendedResources ?? {}).flatMap((name): readonly SpecFault[] => {
    const near = DEVICES.includes(name) ? undefined : nearest(name, DEVICES);
    if (near === undefined || near.split("/")[0] !== name.split("/")[0] || /\/mig-/.test(name)) return [];
    const message = `most nodes call it ${near}; write that, unless yours have ${displayValue(name)}`;
    return [{ path: [...POD, "extendedResources", name], message, part: "key" }];
  });
  return [...selected, ...topologies, ...devices];
}

function labelFault(key: string, value: string | undefined, path: Steps): readonly SpecFault[] {
  const known = NODE_LABELS[key];
  if (known === undefined) {
    const near = nearest(key, Object.keys(NODE_LABELS));
    const isNear = near !== undefined && near.split("/")[0] === key.split("/")[0];
    const message = `no node has the label ${displayValue(key)}; did you mean ${displayValue(near)}?`;
    return isNear && !/^(?:kubernetes\.io|node\.kubernetes\.io)\/(?:role|e2e)/.test(key)
      ? [{ path, message, part: "key" }]
      : [];
  }
  if (value === undefined || known.length === 0 || known.includes(value)) return [];
  return [{ path, message: `no node has ${key}: ${value}; there are ${known.join(", ")}` }];
}

/** Most seconds that anybody waits: what is longer was most likely meant in milliseconds. */
const MOST = {
  terminationGracePeriodSeconds: 3600,
  initialDelaySeconds: 900,
  periodSeconds: 600,
  timeoutSeconds: 120,
} as const;

/** Times that are most likely milliseconds. */
export function waits({ runtime }: AgentSpec): readonly SpecFault[] {
  const { pod } = runtime;
  const probes = podContainers(runtime).flatMap((container) =>
    (["startupProbe", "readinessProbe", "livenessProbe"] as const).flatMap((name) =>
      (["initialDelaySeconds", "periodSeconds", "timeoutSeconds"] as const).flatMap((field) =>
        longFault(container[name]?.[field], field, [...container.path, name, field]),
      ),
    ),
  );
  const field = "terminationGracePeriodSeconds";
  return [...longFault(pod?.[field], field, [...POD, field]), ...probes];
}

function longFault(seconds: number | undefined, field: keyof typeof MOST, path: Steps): readonly SpecFault[] {
  if (seconds === undefined || seconds <= MOST[field]) return [];
  const message = `${seconds} seconds are ${Math.round(seconds / 60)} minutes; for ${seconds} milliseconds write ${Math.max(1, Math.round(seconds / 1000))}`;
  return [{ path, message }];
}

/** More pods at a time than a run has. */
export function parallelPods({ runtime }: AgentSpec): readonly SpecFault[] {
  const { parallelism, completions } = runtime.job ?? {};
  if (parallelism === undefined || completions === undefined || parallelism <= completions) return [];
  const message = `a run ends with ${completions} pods, so that never ${parallelism} run at a time; write ${completions}`;
  return [{ path: ["runtime", "job", "parallelism"], message }];
}

/** Secrets that External Secrets makes and nothing in the spec refers to. */
export function unusedSecrets(spec: AgentSpec): readonly SpecFault[] {
  const { externalSecrets = [], ...runtime } = spec.runtime;
  const used = new Set([
    ...[...secretRefs({ ...spec, runtime }, [])].map(({ name }) => name),
    ...(runtime.pod?.imagePullSecrets ?? []).map(({ name }) => name),
  ]);
  return externalSecrets.flatMap(({ name }, index) =>
    used.has(name)
      ? []
      : [
          {
            path: ["runtime", "externalSecrets", index, "name"],
            message: `nothing in the spec refers to Secret ${name}; refer to it, such as in runtime.env, or remove it`,
          },
        ],
  );
}
