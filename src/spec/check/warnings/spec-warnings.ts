import type { AgentSpec } from "../../../domain/agent/agent.ts";
import type { SpecFault } from "../rules/spec-fault.ts";
import { localAddresses, ports, units } from "./address-warnings.ts";
import { daprMoot, emptyResiliency, unreadMetadata } from "./dapr-warnings.ts";
import type { Declares } from "./declares.ts";
import { cards, hosts } from "./exposure-warnings.ts";
import { grants } from "./grant-warnings.ts";
import { approvals, keys, names, repeats } from "./model-warnings.ts";
import { nodes, parallelPods, unusedSecrets, waits } from "./pod-warnings.ts";
import { commands, emptyVariables, healthPaths, idleReplicas, queries, unreadLimits } from "./runtime-warnings.ts";

/** What is accepted and may be meant, and more often is not: a value that does nothing, or that has another unit. */
export function specWarnings(spec: AgentSpec, declares: Declares): readonly SpecFault[] {
  return WARNINGS.flatMap((warning) => warning(spec, declares));
}

/** A new warning is a function in this folder and a line here. */
const WARNINGS: readonly ((spec: AgentSpec, declares: Declares) => readonly SpecFault[])[] = [
  keys,
  names,
  repeats,
  approvals,
  commands,
  emptyVariables,
  healthPaths,
  unreadLimits,
  idleReplicas,
  queries,
  ports,
  localAddresses,
  units,
  daprMoot,
  emptyResiliency,
  unreadMetadata,
  cards,
  hosts,
  nodes,
  waits,
  parallelPods,
  unusedSecrets,
  grants,
];
