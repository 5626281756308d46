import type { AgentSpec } from "../../../domain/agent/agent.ts";
import type { SpecFault } from "./spec-fault.ts";

/** The prompt. */
export function prompts({ instructions }: AgentSpec): readonly SpecFault[] {
  if (instructions.inline === undefined || instructions.file === undefined) return [];
  return [{ path: ["instructions", "file"], message: "both inline and file; keep one of the two" }];
}

/** Providers whose address depends on a region. */
const BY_REGION: ReadonlySet<string> = new Set(["bedrock", "vertex"]);

/** Whether a provider's address depends on a region. */
export function hasRegions(provider: string): boolean {
  return BY_REGION.has(provider);
}

/** Providers that everybody runs, or has, at an address of their own. */
const WITHOUT_ADDRESS: ReadonlySet<string> = new Set(["custom", "azure-openai", "ollama"]);

/** The model. */
export function models({ model, runtime }: AgentSpec): readonly SpecFault[] {
  const { provider, region, endpoint } = model;
  if (region !== undefined && !hasRegions(provider))
    return [{ path: ["model", "region"], message: `provider ${provider} has no regions; remove it` }];
  if (hasRegions(provider) && region === undefined)
    return [{ path: ["model", "provider"], message: `provider ${provider} needs a region; add model.region` }];
  if (provider === "vertex" && runtime.framework === "dapr-agents")
    return [
      { path: ["model", "provider"], message: "Dapr has no component for vertex; write gemini, or another framework" },
    ];
  if (endpoint !== undefined || !WITHOUT_ADDRESS.has(provider)) return [];
  return [
    {
      path: ["model", "provider"],
      message: `provider ${provider} has no endpoint of its own; add model.endpoint`,
    },
  ];
}
