import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { baseUnits } from "../../../domain/values/quantity.ts";
import type { SpecFault } from "./spec-fault.ts";

/** Numbers of replicas. */
export function replicas({ scaling }: AgentSpec): readonly SpecFault[] {
  const { min = 1, max } = scaling;
  const findings: SpecFault[] = [];
  if (max !== undefined && min > max)
    findings.push({ path: ["scaling", "min"], message: `min ${min} is more than max ${max}; lower min, or raise max` });
  if (min === 0 && scaling.hpa !== undefined)
    findings.push({
      path: ["scaling", "min"],
      message: "a HorizontalPodAutoscaler cannot scale to 0; write 1, or use keda",
    });
  return findings;
}

/** What a HorizontalPodAutoscaler or KEDA scales on. */
export function autoscaling({ scaling, runtime, dapr }: AgentSpec): readonly SpecFault[] {
  const { hpa, keda } = scaling;
  const findings: SpecFault[] = [];
  if (hpa !== undefined && keda !== undefined)
    findings.push({ path: ["scaling", "keda"], message: "both hpa and keda; keep one of the two" });
  if (hpa !== undefined && hpa.cpu === undefined && hpa.memory === undefined)
    findings.push({ path: ["scaling", "hpa"], message: "hpa has no target; add cpu or memory" });
  for (const name of ["cpu", "memory"] as const) {
    if (
      hpa?.[name] === undefined ||
      (runtime.resources?.requests?.[name] ?? runtime.resources?.limits?.[name]) !== undefined
    )
      continue;
    findings.push({
      path: ["scaling", "hpa", name],
      message: `hpa.${name} is a percentage of a request, and there is no request; add runtime.resources.requests.${name}`,
    });
  }
  return [...findings, ...unreachable(hpa, runtime.resources), ...kedaFaults(scaling.keda, dapr)];
}

/** A share of the request that the limit does not let the container reach. */
function unreachable(
  hpa: AgentSpec["scaling"]["hpa"],
  resources: AgentSpec["runtime"]["resources"],
): readonly SpecFault[] {
  return (["cpu", "memory"] as const).flatMap((name) => {
    const [target, limit] = [hpa?.[name], resources?.limits?.[name]];
    const request = resources?.requests?.[name] ?? limit;
    if (target === undefined || limit === undefined || request === undefined) return [];
    const most = Math.floor((100 * (baseUnits(limit) ?? 0)) / (baseUnits(request) ?? 1));
    if (target < most || most === 0) return [];
    const message = `limit ${limit} is ${most} % of request ${request}, so that ${target} % is never exceeded and nothing scales; write less than ${most}`;
    return [{ path: ["scaling", "hpa", name], message }];
  });
}

function kedaFaults(
  keda: AgentSpec["scaling"]["keda"],
  { pubsub, subscriptions }: AgentSpec["dapr"],
): readonly SpecFault[] {
  if (keda === undefined) return [];
  const { query, threshold, kafkaLag } = keda;
  const path = ["scaling", "keda"];
  if (kafkaLag === undefined && query === undefined)
    return [{ path, message: "keda has nothing to scale on; add query and threshold, or kafkaLag" }];
  if (kafkaLag === undefined)
    return threshold === undefined
      ? [{ path, message: "query without threshold; add the value that one replica should handle" }]
      : [];
  if (query !== undefined || threshold !== undefined)
    return [{ path, message: "both a query and kafkaLag; keep one of the two" }];
  if (pubsub?.type === "pubsub.kafka" && (subscriptions ?? []).length > 0) return [];
  const needs = "dapr.pubsub of type pubsub.kafka and dapr.subscriptions";
  return [{ path: [...path, "kafkaLag"], message: `kafkaLag needs ${needs}; add them, or use query and threshold` }];
}
