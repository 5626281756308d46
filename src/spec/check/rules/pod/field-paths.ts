import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { displayValue } from "../../../problems/display-value.ts";
import { didYouMean } from "../../../problems/nearest.ts";
import type { SpecFault } from "../spec-fault.ts";
import { POD, type Steps } from "./pod-containers.ts";

/** Fields of a pod that the API server knows: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
const OF_VOLUMES = ["metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"];
const OF_VARIABLES = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
const ENTRY = /^metadata\.(?:labels|annotations)\['[^']{1,317}'\]$/;

/** Fields of the pod that there are not: the API server would refuse the pod. */
export function fieldPaths({ runtime }: AgentSpec): readonly SpecFault[] {
  const { pod } = runtime;
  const lists: readonly (readonly [path: Steps, env: AgentSpec["runtime"]["env"]])[] = [
    [["runtime", "env"], runtime.env],
    ...(pod?.initContainers ?? []).map(({ env }, index) => [[...POD, "initContainers", index, "env"], env] as const),
  ];
  const variables = lists.flatMap(([path, env]) =>
    (env ?? []).flatMap(({ valueFrom }, index) =>
      valueFrom !== undefined && "fieldRef" in valueFrom
        ? unknownField(valueFrom.fieldRef.fieldPath, OF_VARIABLES, [...path, index, "valueFrom"])
        : [],
    ),
  );
  const files = (pod?.volumes ?? []).flatMap(({ projected }, index) =>
    (projected?.sources ?? []).flatMap(({ downwardAPI }, source) =>
      (downwardAPI?.items ?? []).flatMap(({ fieldRef }, item) =>
        unknownField(fieldRef.fieldPath, OF_VOLUMES, [
          ...[...POD, "volumes", index, "projected", "sources", source],
          ...["downwardAPI", "items", item],
        ]),
      ),
    ),
  );
  return [...variables, ...files];
}

function unknownField(field: string, known: readonly string[], above: Steps): readonly SpecFault[] {
  if (known.includes(field) || ENTRY.test(field)) return [];
  const advice = `there are ${known.join(", ")}, metadata.labels['<name>'] and metadata.annotations['<name>']`;
  const message = `a pod has no ${displayValue(field)} to give; ${didYouMean(field, known, advice)}`;
  return [{ path: [...above, "fieldRef", "fieldPath"], message }];
}
