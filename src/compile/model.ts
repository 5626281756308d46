import type { AgentSpec } from "../domain/agent.ts";
import { filled, type Section, unless } from "./section.ts";

/** The language model; its key stays in the Secret it lies in. */
export function model(spec: AgentSpec): Section {
  const { provider, name, endpoint, apiKeySecretRef, fallbacks, maxConcurrency } = spec.model;
  return {
    provider: unless("openai", provider),
    name,
    endpoint,
    apiKeySecretRef:
      apiKeySecretRef === undefined ? undefined : { name: apiKeySecretRef.name, key: apiKeySecretRef.key },
    fallbacks: filled(fallbacks),
    maxConcurrency,
  };
}
