import type { AgentSpec } from "../../domain/agent/agent.ts";
import type { AgentFacts } from "../../domain/fleet.ts";
import { lineageAnnotations } from "../../domain/grant/read-lineage.ts";

/**
 * The spec with who asked for the agent among its pods' annotations: the cluster shows it, and that it was taken from a spec is
 * seen by comparing it with what is deployed.
 */
export function withLineage(spec: AgentSpec, { lineage }: Pick<AgentFacts, "lineage">): AgentSpec {
  if (lineage === undefined) return spec;
  const { runtime } = spec;
  const annotations = { ...runtime.pod?.annotations, ...lineageAnnotations(lineage.lineage) };
  return { ...spec, runtime: { ...runtime, pod: { ...runtime.pod, annotations } } };
}
