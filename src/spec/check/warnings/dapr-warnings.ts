import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import { knownType } from "../rules/dapr/known-type.ts";
import { componentsOf } from "../rules/dapr/metadata-rules.ts";
import type { SpecFault } from "../rules/spec-fault.ts";
import type { Declares } from "./declares.ts";

/** What Dapr's sidecar does, where there is none. */
const NEEDS_DAPR: readonly (readonly string[])[] = [
  ["dapr", "state"],
  ["dapr", "pubsub"],
  ["dapr", "resiliency"],
  ["dapr", "sidecar"],
  ["access", "callers"],
  ["observability", "slo"],
  ["observability", "tracing"],
];

/** Fields that need Dapr, with `dapr.enabled: false`. */
export function daprMoot({ dapr }: AgentSpec, declares: Declares): readonly SpecFault[] {
  if (dapr.enabled) return [];
  return NEEDS_DAPR.flatMap((path) =>
    declares(...path) ? [{ path, message: "does nothing without Dapr; write dapr.enabled: true, or remove it" }] : [],
  );
}

/** Timeouts and retries of calls and components, where there are neither. */
export function emptyResiliency({ dapr, tools = [], runtime }: AgentSpec, declares: Declares): readonly SpecFault[] {
  const { enabled, resiliency, state, pubsub, components = [] } = dapr;
  if (!enabled || resiliency === undefined || !declares("dapr", "resiliency")) return [];
  const targets = tools.some((tool) => "agent" in tool) || components.length > 0 || runtime.framework === "dapr-agents";
  if (targets || state !== undefined || pubsub !== undefined) return [];
  const message = "there is no peer and no component that it could be about; add one, or remove it";
  return [{ path: ["dapr", "resiliency"], message }];
}

/** Metadata that a component's type does not read, as far as is known. What nearly is a field is a Problem. */
export function unreadMetadata(spec: AgentSpec): readonly SpecFault[] {
  return componentsOf(spec).flatMap(({ type, metadata, path }) => {
    const known = knownType(type);
    if (known === undefined) return [];
    return Object.keys(metadata).flatMap((key): readonly SpecFault[] =>
      known.fields.has(key.toLowerCase())
        ? []
        : [
            {
              path: [...path, "metadata", key],
              message: `Dapr's reference of ${type} has no metadata ${displayValue(key)}, so that it is ignored; see whether it is spelt right`,
              part: "key",
            },
          ],
    );
  });
}
