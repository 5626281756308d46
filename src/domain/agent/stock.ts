import { imageReference } from "../values/image.ts";
import type { AgentSpec } from "./agent.ts";

/** The file that the chart writes for the stock agent, in the pod. */
export const AGENT_FILE = "/etc/raos/agent.json";
/** Where the stock agent serves its metrics, if the spec does not say. */
export const STOCK_METRICS_PATH = "/metrics";

/**
 * Whether the stock agent runs a spec: it names no image, and nothing that the stock agent is not. Its image is RAOS' own, under
 * whatever registry; another `spec.runtimeImage` of raos.yaml is a runtime of somebody's own, which is started as it is.
 */
export function isStock({ runtime }: Pick<AgentSpec, "runtime">, runtimeImage: string): boolean {
  const { image, framework, protocol, command, args } = runtime;
  if (image !== undefined || framework !== "openai-agents" || protocol !== "http") return false;
  const isStartedOtherwise = (command ?? []).length > 0 || (args ?? []).length > 0;
  return !isStartedOtherwise && /(^|\/)raos$/.test(imageReference(runtimeImage).name);
}
