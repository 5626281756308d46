import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { baseUnits } from "../../../domain/values/quantity.ts";
import type { Quantity } from "../../../domain/values/scalars.ts";
import { displayValue } from "../../problems/display-value.ts";
import { POD, type Steps } from "./pod/pod-containers.ts";
import type { SpecFault } from "./spec-fault.ts";

/** No container runs with less memory, and no node has more cores. */
const LEAST_BYTES = 1024 * 1024;
const MOST_CORES = 256;

type Amounts = readonly (readonly [path: Steps, amount: Quantity | undefined])[];

/** Amounts with a wrong unit: `512m` of memory is half a byte, and `500` of CPU five hundred cores. */
export function amounts({ runtime, dapr }: AgentSpec): readonly SpecFault[] {
  const { sidecar } = dapr;
  const containers: readonly (readonly [path: Steps, resources: AgentSpec["runtime"]["resources"]])[] = [
    [["runtime", "resources"], runtime.resources],
    ...(runtime.pod?.initContainers ?? []).map(
      ({ resources }, index) => [[...POD, "initContainers", index, "resources"], resources] as const,
    ),
  ];
  const lists = containers.flatMap(([path, resources]) =>
    (["requests", "limits"] as const).map((kind) => [[...path, kind], resources?.[kind]] as const),
  );
  const bytes: Amounts = [
    ...lists.flatMap(([path, list]) =>
      (["memory", "ephemeral-storage"] as const).map((what) => [[...path, what], list?.[what]] as const),
    ),
    [["dapr", "sidecar", "memoryRequest"], sidecar?.memoryRequest],
    [["dapr", "sidecar", "memoryLimit"], sidecar?.memoryLimit],
    [["runtime", "storage", "size"], runtime.storage?.size],
    ...(runtime.pod?.volumes ?? []).flatMap(({ emptyDir, ephemeral }, index): Amounts => {
      const path = [...POD, "volumes", index];
      return [
        [[...path, "emptyDir", "sizeLimit"], emptyDir?.sizeLimit],
        [[...path, "ephemeral", "storage"], ephemeral?.storage],
      ];
    }),
  ];
  const cores: Amounts = [
    ...lists.map(([path, list]) => [[...path, "cpu"], list?.cpu] as const),
    [["dapr", "sidecar", "cpuRequest"], sidecar?.cpuRequest],
    [["dapr", "sidecar", "cpuLimit"], sidecar?.cpuLimit],
  ];
  return [...faultsOf(bytes, byteFault), ...faultsOf(cores, coreFault)];
}

function faultsOf(list: Amounts, faultOf: (amount: Quantity) => string | undefined): readonly SpecFault[] {
  return list.flatMap(([path, amount]) => {
    const message = amount === undefined ? undefined : faultOf(amount);
    return message === undefined ? [] : [{ path, message }];
  });
}

/** Why an amount of memory or disk cannot be meant; undefined where it can. */
export function byteFault(amount: Quantity): string | undefined {
  const isSmall = (baseUnits(amount) ?? LEAST_BYTES) < LEAST_BYTES;
  return isSmall ? `${displayValue(amount)} is less than one MiB; write ${digitsOf(amount)}Mi` : undefined;
}

function coreFault(amount: Quantity): string | undefined {
  const isHuge = (baseUnits(amount) ?? 0) > MOST_CORES;
  return isHuge ? `${displayValue(amount)} are cores; write ${digitsOf(amount)}m` : undefined;
}

/** The digits with which a quantity begins. */
function digitsOf(quantity: Quantity): string {
  return /^\d{1,12}/.exec(String(quantity))?.[0] ?? "";
}
