import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import type { SpecFault } from "../spec-fault.ts";
import { fieldsSet, POD, type PodContainer, podContainers, type Steps } from "./pod-containers.ts";
import { oneOf } from "./volume-rules.ts";

const KINDS = ["httpGet", "tcpSocket", "grpc", "exec"];
const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;
const GRACE = 45;

/** Probes and what runs before a stop: one kind each, ports that exist, times that fit. */
export function probes({ runtime }: AgentSpec): readonly SpecFault[] {
  return podContainers(runtime).flatMap((container) => [
    ...PROBES.flatMap((name) => probeFaults(container, name)),
    ...preStopFaults(container, runtime.pod?.terminationGracePeriodSeconds ?? GRACE),
  ]);
}

function probeFaults(container: PodContainer, name: (typeof PROBES)[number]): readonly SpecFault[] {
  const probe = container[name];
  if (probe === undefined) return [];
  const path = [...container.path, name];
  const kinds = fieldsSet(probe, KINDS);
  const faults: SpecFault[] = [];
  if (kinds.length > 1 || (kinds.length === 0 && container.init !== undefined))
    faults.push(...oneOf(probe, KINDS, path, "kind"));
  if (name !== "readinessProbe" && (probe.successThreshold ?? 1) !== 1)
    faults.push({ path: [...path, "successThreshold"], message: "Kubernetes wants 1 here; remove it" });
  for (const kind of ["httpGet", "tcpSocket"] as const)
    faults.push(...portFaults(container, probe[kind]?.port, [...path, kind, "port"]));
  return faults;
}

function preStopFaults(container: PodContainer, grace: number): readonly SpecFault[] {
  const preStop = container.lifecycle?.preStop;
  if (preStop === undefined) return [];
  const path = [...container.path, "lifecycle", "preStop"];
  const seconds = preStop.sleep?.seconds;
  return [
    ...oneOf(preStop, ["exec", "httpGet", "sleep"], path, "kind"),
    ...portFaults(container, preStop.httpGet?.port, [...path, "httpGet", "port"]),
    ...(seconds !== undefined && seconds >= grace
      ? [
          {
            path: [...path, "sleep", "seconds"],
            message: `the pod is killed after ${grace} seconds (${[...POD, "terminationGracePeriodSeconds"].join(".")}), before the agent could stop; sleep less, or raise it`,
          },
        ]
      : []),
  ];
}

/** A port's name has to be one of the container's. */
function portFaults(container: PodContainer, port: number | string | undefined, path: Steps): readonly SpecFault[] {
  if (typeof port !== "string") return [];
  const names = container.init === undefined ? ["app"] : (container.init.ports ?? []).flatMap(({ name }) => name ?? []);
  return names.includes(port)
    ? []
    : [{ path, message: `no port is called ${port}; write ${names.length === 0 ? "its number" : names.join(" or ")}` }];
}
