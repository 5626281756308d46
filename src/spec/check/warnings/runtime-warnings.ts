import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { endsByItself } from "../../../domain/agent/workload.ts";
import { promqlSelectors } from "../../../domain/query/promql-selectors.ts";
import { displayValue } from "../../problems/display-value.ts";
import { fieldsSet, POD, podContainers, type Steps } from "../rules/pod/pod-containers.ts";
import type { SpecFault } from "../rules/spec-fault.ts";
import type { Declares } from "./declares.ts";

const PROBES = ["startupProbe", "readinessProbe", "livenessProbe"] as const;
const KINDS = ["httpGet", "tcpSocket", "grpc", "exec"];

/** A program with its arguments in one text: no shell takes it apart. */
export function commands({ runtime, tools = [] }: AgentSpec): readonly SpecFault[] {
  const lists: readonly (readonly [path: Steps, program: string | undefined])[] = [
    [["runtime", "command", 0], runtime.command?.[0]],
    ...(runtime.pod?.initContainers ?? []).map(
      ({ command }, index) => [[...POD, "initContainers", index, "command", 0], command?.[0]] as const,
    ),
    ...podContainers(runtime).flatMap((container) =>
      PROBES.map(
        (name) => [[...container.path, name, "exec", "command", 0], container[name]?.exec?.command[0]] as const,
      ),
    ),
    ...tools.map((tool, index) => {
      const stdio = "mcp" in tool ? tool.mcp.stdio : undefined;
      return [["tools", index, "mcp", "stdio", "command"], stdio?.command] as const;
    }),
  ];
  return lists.flatMap(([path, program]) => {
    if (program === undefined || !/^\S+\s+\S/.test(program.trim())) return [];
    const message = `no shell takes ${displayValue(program)} apart: it would be the name of one program; write each argument as an entry of its own`;
    return [{ path, message }];
  });
}

/** Variables without a value, a port that is another than the one that is asked, and references that stay as they are. */
export function emptyVariables({ runtime }: AgentSpec): readonly SpecFault[] {
  const env = runtime.env ?? [];
  return env.flatMap(({ name, value, valueFrom }, index): readonly SpecFault[] => {
    const path = ["runtime", "env", index];
    if (value === undefined && valueFrom === undefined)
      return [{ path, message: `${name} has neither value nor valueFrom, so that it is empty; add one of the two` }];
    if (name !== "PORT" || value === undefined || value === String(runtime.port)) return [];
    const message = `the agent is called at runtime.port, which is ${runtime.port}; write runtime.port: ${displayValue(value)}, and remove the variable`;
    return [{ path: [...path, "value"], message }];
  });
}

/** A path of health checks at which nobody asks. */
export function healthPaths({ runtime }: AgentSpec): readonly SpecFault[] {
  if (runtime.healthPath === undefined || endsByItself(runtime.workload)) return [];
  const path = ["runtime", "healthPath"];
  if (runtime.protocol === "grpc")
    return [
      { path, message: "an agent of protocol grpc is asked by gRPC's health protocol; remove it, or add probes" },
    ];
  const own = PROBES.find((name) => fieldsSet(runtime.pod?.[name] ?? {}, KINDS).length > 0);
  return own === undefined
    ? []
    : [{ path, message: `the probes ask as runtime.pod.${own} says; remove it, or the probe's kind` }];
}

/** A query that is not PromQL; who asks another server may have its dialect. */
export function queries({ scaling }: AgentSpec): readonly SpecFault[] {
  const reading = scaling.keda?.query === undefined ? undefined : promqlSelectors(scaling.keda.query);
  if (reading === undefined || !("problem" in reading)) return [];
  return [
    { path: ["scaling", "keda", "query"], message: `${reading.problem}; correct it, unless another dialect is meant` },
  ];
}

/** Replicas that there never are. */
export function idleReplicas({ scaling, runtime }: AgentSpec, declares: Declares): readonly SpecFault[] {
  const { min, max, hpa, keda } = scaling;
  if (endsByItself(runtime.workload)) return [];
  if (min === 0 && keda === undefined)
    return [
      { path: ["scaling", "min"], message: "nothing starts an agent of 0 replicas; write 1, or add scaling.keda" },
    ];
  const scaler = hpa === undefined ? "keda" : "hpa";
  if ((hpa ?? keda) === undefined || min === undefined || min !== max || !declares("scaling", scaler)) return [];
  const message = `min and max are both ${min}, so that nothing scales; raise scaling.max, or remove it`;
  return [{ path: ["scaling", scaler], message }];
}

/** Limits that nobody keeps: an image of one's own does not know them. */
export function unreadLimits({ limits, runtime }: AgentSpec): readonly SpecFault[] {
  if (limits === undefined || runtime.image === undefined) return [];
  const message = "only the stock agent keeps them, and runtime.image names another; remove it, or the image";
  return [{ path: ["limits"], message }];
}
