import type { AgentConfig } from "../../domain/agent/agent-config.ts";

type LanguageModel = AgentConfig["model"];

interface Provider {
  /** The variable that the chart fills from the Secret. */
  readonly key: string;
  /** OpenAI-compatible base URL, where the spec names no endpoint; undefined: the spec has to. */
  readonly url: (region: string) => string | undefined;
  readonly api: "responses" | "chat";
}

/** The providers' own documentation of their OpenAI-compatible APIs says these addresses. */
const PROVIDERS: Readonly<Record<LanguageModel["provider"], Provider>> = {
  openai: { key: "OPENAI_API_KEY", url: () => "https://api.openai.com/v1", api: "responses" },
  custom: { key: "OPENAI_API_KEY", url: () => undefined, api: "chat" },
  "azure-openai": { key: "AZURE_OPENAI_API_KEY", url: () => undefined, api: "chat" },
  anthropic: { key: "ANTHROPIC_API_KEY", url: () => "https://api.anthropic.com/v1", api: "chat" },
  gemini: {
    key: "GEMINI_API_KEY",
    url: () => "https://generativelanguage.googleapis.com/v1beta/openai",
    api: "chat",
  },
  mistral: { key: "MISTRAL_API_KEY", url: () => "https://api.mistral.ai/v1", api: "chat" },
  ollama: { key: "OLLAMA_API_KEY", url: () => "http://127.0.0.1:11434/v1", api: "chat" },
  bedrock: {
    key: "AWS_BEARER_TOKEN_BEDROCK",
    url: (region) => (region === "" ? undefined : `https://bedrock-runtime.${region}.amazonaws.com/openai/v1`),
    api: "chat",
  },
  vertex: { key: "GOOGLE_API_KEY", url: () => undefined, api: "chat" },
};

/** Why the model cannot be asked: a text for the one who wrote the spec; undefined: nothing is missing. */
export function lackOfModel(
  model: LanguageModel,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { key, url } = PROVIDERS[model.provider];
  if (model.endpoint === undefined && url(model.region ?? "") === undefined)
    return `nothing says where ${model.provider} is reached; write model.endpoint, the base URL of its OpenAI-compatible API`;
  if ((env[key] ?? "") === "" && model.provider !== "ollama" && model.provider !== "custom")
    return `${key} is not set; name the Secret with the key in model.apiKeySecretRef`;
  return undefined;
}

/** Where and how a model is asked. A server of one's own may want no key; the client library wants one that is not empty. */
export function apiOf(model: LanguageModel, env: Readonly<Record<string, string | undefined>>) {
  const { key, url, api } = PROVIDERS[model.provider];
  const apiKey = env[key] ?? "";
  return {
    api,
    apiKey: apiKey === "" ? "none" : apiKey,
    baseURL: model.endpoint ?? url(model.region ?? "") ?? "",
  };
}
