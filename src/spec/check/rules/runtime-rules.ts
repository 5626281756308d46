import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { baseUnits } from "../../../domain/values/quantity.ts";
import { takenPath } from "./pod/taken-path.ts";
import { repeated, type SpecFault } from "./spec-fault.ts";

/** Requests and limits. */
export function resources({ runtime }: AgentSpec): readonly SpecFault[] {
  return excessFaults(runtime.resources, ["runtime", "resources"]);
}

type Resources = AgentSpec["runtime"]["resources"];

/** Faults of a container's resources: a request above its limit, and devices whose request is not their limit. */
export function excessFaults(own: Resources, path: readonly (string | number)[]): readonly SpecFault[] {
  const { requests, limits } = own ?? {};
  const excess = (["cpu", "memory", "ephemeral-storage"] as const).flatMap((name) => {
    const request = requests?.[name];
    const limit = limits?.[name];
    if (request === undefined || limit === undefined) return [];
    return (baseUnits(request) ?? 0) > (baseUnits(limit) ?? Infinity)
      ? [
          {
            path: [...path, "requests", name],
            message: `request ${request} is more than limit ${limit}; lower the request, or raise the limit`,
          },
        ]
      : [];
  });
  const devices = (["nvidia.com/gpu", "amd.com/gpu"] as const).flatMap((name) => {
    const request = requests?.[name];
    return request === undefined || request === limits?.[name]
      ? []
      : [
          {
            path: [...path, "requests", name],
            message: `Kubernetes wants devices as a limit, and a request of the same number; write limits.${name}: ${request}`,
          },
        ];
  });
  return [...excess, ...devices];
}

/** Devices by any name, beside those that `runtime.resources` names. */
export function devices({ runtime }: AgentSpec): readonly SpecFault[] {
  const path = ["runtime", "pod", "extendedResources"];
  return Object.keys(runtime.pod?.extendedResources ?? {}).flatMap((name): readonly SpecFault[] => {
    if (name === "nvidia.com/gpu" || name === "amd.com/gpu")
      return runtime.resources?.limits?.[name] === undefined
        ? []
        : [{ path: [...path, name], message: `runtime.resources.limits has ${name}, too; keep one of the two` }];
    const domain = name.split("/")[0] ?? "";
    if (name.includes("/") && !/(^|\.)kubernetes\.io$/.test(domain)) return [];
    return [
      {
        path: [...path, name],
        message: "is not a device, such as nvidia.com/gpu; cpu and memory are in runtime.resources",
      },
    ];
  });
}

/** Storage needs a StatefulSet, and a strategy a Deployment. */
export function storage({ runtime }: AgentSpec): readonly SpecFault[] {
  if (runtime.strategy !== undefined && runtime.workload !== "Deployment")
    return [{ path: ["runtime", "strategy"], message: `a ${runtime.workload} has no strategy; remove it` }];
  if (runtime.storage === undefined) return [];
  if (runtime.workload === "StatefulSet") {
    const taken = takenPath(runtime.storage.mountPath, { init: undefined }, undefined);
    return taken === undefined ? [] : [{ path: ["runtime", "storage", "mountPath"], message: taken }];
  }
  return [
    { path: ["runtime", "storage"], message: "storage needs a StatefulSet; write runtime.workload: StatefulSet" },
  ];
}

/** Environment variables. */
export function variables({ runtime }: AgentSpec): readonly SpecFault[] {
  return variableFaults(runtime.env, ["runtime", "env"]);
}

/** Faults of a container's environment variables. */
export function variableFaults(
  env: AgentSpec["runtime"]["env"] = [],
  path: readonly (string | number)[],
): readonly SpecFault[] {
  const both = env.flatMap((variable, index) =>
    variable.value !== undefined && variable.valueFrom !== undefined
      ? [
          {
            path: [...path, index],
            message: `${variable.name} has both value and valueFrom; keep one of the two`,
          },
        ]
      : [],
  );
  return [...both, ...repeated(env, (variable) => variable.name, path, "name", "variable")];
}
