import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { excessFaults, variableFaults } from "../runtime-rules.ts";
import { repeated, type SpecFault } from "../spec-fault.ts";
import { type BesideAgent, fieldsSet, POD, type Steps } from "./pod-containers.ts";

/** Containers that the chart and Dapr's injector make. */
const TAKEN: ReadonlySet<string> = new Set(["agent", "daprd"]);
/** Ports of daprd: HTTP, gRPC, from sidecar to sidecar, metrics, probes. */
const DAPR_PORTS: ReadonlySet<number> = new Set([3500, 3501, 9090, 50_001, 50_002]);

/** Init containers and sidecars. */
export function initContainers({ runtime, dapr }: AgentSpec): readonly SpecFault[] {
  const list = runtime.pod?.initContainers ?? [];
  const path = [...POD, "initContainers"];
  const used = new Map<number, string>([[runtime.port, "the agent"]]);
  const faults = list.flatMap((container, index): readonly SpecFault[] => [
    ...ownFaults(container, [...path, index]),
    ...portFaults(container, [...path, index, "ports"], used, dapr.enabled),
  ]);
  return [...faults, ...repeated(list, ({ name }) => name, path, "name", "container")];
}

function ownFaults(container: BesideAgent, path: Steps): readonly SpecFault[] {
  const taken = TAKEN.has(container.name)
    ? [{ path: [...path, "name"], message: `${container.name} is the name of another container; choose another one` }]
    : [];
  const running =
    container.restartPolicy === "Always"
      ? []
      : fieldsSet(container, ["startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "ports"]).map(
          (field) => ({
            path: [...path, field],
            message: `only a sidecar has ${field}; write restartPolicy: Always, or remove it`,
          }),
        );
  return [
    ...taken,
    ...running,
    ...excessFaults(container.resources, [...path, "resources"]),
    ...variableFaults(container.env, [...path, "env"]),
  ];
}

/** The pod's containers share one network, so that each port is taken once. */
function portFaults(
  container: BesideAgent,
  path: Steps,
  used: Map<number, string>,
  hasDapr: boolean,
): readonly SpecFault[] {
  return (container.ports ?? []).flatMap(({ containerPort }, index) => {
    const by = hasDapr && DAPR_PORTS.has(containerPort) ? "Dapr's sidecar" : used.get(containerPort);
    if (by === undefined) used.set(containerPort, container.name);
    return by === undefined
      ? []
      : [
          {
            path: [...path, index, "containerPort"],
            message: `${by} listens on ${containerPort}; choose another port`,
          },
        ];
  });
}
