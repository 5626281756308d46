import type { EffectiveAgent, SharedInputs } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { AgentPath } from "./agent-path.ts";
import type { Layers } from "./layers.ts";
import type { YamlDocument } from "./read-yaml.ts";

/** What only the merged whole tells. */
export function checkAgent(
  _document: YamlDocument,
  _layers: Layers,
  _environments: ReadonlyMap<string, EffectiveAgent>,
  _shared: SharedInputs,
  _place: AgentPath,
): readonly Problem[] {
  return [];
}
