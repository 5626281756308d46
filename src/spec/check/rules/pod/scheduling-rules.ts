import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import type { SpecFault } from "../spec-fault.ts";
import { POD, type Steps } from "./pod-containers.ts";

/** Tolerations, affinity and spreading, by what the API server would refuse. */
export function scheduling({ runtime }: AgentSpec): readonly SpecFault[] {
  const { pod } = runtime;
  if (pod === undefined) return [];
  const tolerations = (pod.tolerations ?? []).flatMap((toleration, index) =>
    tolerationFaults(toleration, [...POD, "tolerations", index]),
  );
  const spread = (pod.topologySpreadConstraints ?? []).flatMap(({ minDomains, whenUnsatisfiable }, index) =>
    minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule"
      ? [
          {
            path: [...POD, "topologySpreadConstraints", index, "minDomains"],
            message: "minDomains needs whenUnsatisfiable: DoNotSchedule; write that, or remove it",
          },
        ]
      : [],
  );
  return [
    ...tolerations,
    ...spread,
    ...relationFaults(pod.affinity, [...POD, "affinity"]),
    ...relationFaults(pod.topologySpreadConstraints, [...POD, "topologySpreadConstraints"]),
  ];
}

type Toleration = NonNullable<NonNullable<AgentSpec["runtime"]["pod"]>["tolerations"]>[number];

function tolerationFaults(toleration: Toleration, path: Steps): readonly SpecFault[] {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  if (key === undefined && operator !== "Exists")
    return [{ path, message: "without a key the operator has to be Exists; name the taint's key" }];
  if (operator === "Exists" && value !== undefined && value !== "")
    return [{ path: [...path, "value"], message: "Exists takes no value; write operator: Equal, or remove it" }];
  return tolerationSeconds !== undefined && effect !== "NoExecute"
    ? [{ path: [...path, "tolerationSeconds"], message: "tolerationSeconds needs effect: NoExecute" }]
    : [];
}

/** Relations of selectors, wherever they are: In and NotIn have values, Exists and DoesNotExist none, Gt and Lt one number. */
function relationFaults(value: unknown, path: Steps): readonly SpecFault[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => relationFaults(entry, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  const below = Object.entries(value).flatMap(([key, entry]) => relationFaults(entry, [...path, key]));
  const operator = "operator" in value ? value.operator : undefined;
  const values = "values" in value && Array.isArray(value.values) ? value.values : [];
  const wanted = wantedValues(operator, values);
  return wanted === undefined ? below : [...below, { path, message: `operator ${operator} ${wanted}` }];
}

function wantedValues(operator: unknown, values: readonly unknown[]): string | undefined {
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0 ? undefined : "needs values; add them";
    case "Exists":
    case "DoesNotExist":
      return values.length === 0 ? undefined : "takes no values; remove them, or write In";
    case "Gt":
    case "Lt":
      return values.length === 1 && /^\d+$/.test(String(values[0])) ? undefined : "needs one number in values";
    default:
      return undefined;
  }
}
