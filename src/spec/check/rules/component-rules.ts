import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import { didYouMean } from "../../problems/nearest.ts";
import { repeated, type SpecFault } from "./spec-fault.ts";

/** Dapr's building blocks, as the types of components begin: https://docs.dapr.io/reference/components-reference/ */
const BLOCKS = [
  "bindings",
  "configuration",
  "conversation",
  "crypto",
  "lock",
  "middleware",
  "pubsub",
  "secretstores",
  "state",
  "workflow",
];
/** The names that the chart gives to the components of `dapr.state`, `dapr.pubsub` and the model. */
const TAKEN: ReadonlySet<string> = new Set(["state", "pubsub", "llm"]);

/** Further components. */
export function furtherComponents({ dapr, runtime }: AgentSpec): readonly SpecFault[] {
  const list = dapr.components ?? [];
  const path = ["dapr", "components"];
  if (list.length > 0 && !dapr.enabled)
    return [{ path, message: "components need Dapr; write dapr.enabled: true, or remove them" }];
  const hasActors = dapr.state?.actor === true || (dapr.state !== undefined && runtime.framework === "dapr-agents");
  const faults = list.flatMap(({ name, type, metadata }, index): readonly SpecFault[] => {
    const block = type.split(".")[0] ?? "";
    return [
      ...(BLOCKS.includes(block)
        ? []
        : [
            {
              path: [...path, index, "type"],
              message: `${displayValue(type)} is not a component of Dapr; ${didYouMean(block, BLOCKS, `it begins with one of ${BLOCKS.join(", ")}`)}`,
            },
          ]),
      ...(TAKEN.has(name)
        ? [
            {
              path: [...path, index, "name"],
              message: `the chart has a component ${name} of its own; choose another name`,
            },
          ]
        : []),
      ...(hasActors && String(metadata?.actorStateStore) === "true"
        ? [
            {
              path: [...path, index, "metadata", "actorStateStore"],
              message: "dapr.state keeps the actors already, and an agent has one such store; remove one of the two",
            },
          ]
        : []),
    ];
  });
  return [...faults, ...repeated(list, ({ name }) => name, path, "name", "component")];
}
