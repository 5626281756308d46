import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { section, sorted } from "../section.ts";

/** `runtime.pod` for the chart, as the spec has it; what is empty is left out. */
export function pod({ runtime }: AgentSpec): Json | undefined {
  const own = runtime.pod;
  if (own === undefined) return undefined;
  const { labels, annotations, nodeSelector, extendedResources, ...rest } = own;
  return section({
    labels: sorted(labels),
    annotations: sorted(annotations),
    extendedResources: sorted(extendedResources),
    nodeSelector: sorted(nodeSelector),
    ...filledFields(plainJson(rest)),
  });
}

/** The value without undefined fields. */
export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

/** The fields of a mapping that hold something. */
function filledFields(value: Json): { readonly [key: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => typeof field !== "object" || Object.keys(field ?? {}).length > 0),
  );
}
