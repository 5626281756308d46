import type { AgentSpec } from "../../domain/agent/agent.ts";
import { filled, type Section, unless } from "../section.ts";

/** The language model; its key stays in its Secret. */
export function model(spec: AgentSpec): Section {
  const { provider, name, region, endpoint, apiKeySecretRef, fallbacks, maxConcurrency } = spec.model;
  return {
    provider: unless("openai", provider),
    name,
    region,
    endpoint,
    apiKeySecretRef:
      apiKeySecretRef === undefined ? undefined : { name: apiKeySecretRef.name, key: apiKeySecretRef.key },
    fallbacks: filled(fallbacks),
    maxConcurrency,
  };
}
