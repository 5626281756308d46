import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { displayValue } from "../../problems/display-value.ts";
import { repeated, type SpecFault } from "../rules/spec-fault.ts";

/** Providers whose client reads a key, with the variable that holds it. */
const KEYS: Readonly<Record<string, string>> = {
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  gemini: "GEMINI_API_KEY",
  mistral: "MISTRAL_API_KEY",
};
/** How the names of a provider's models begin. */
const BEGINNINGS: readonly (readonly [provider: string, beginning: RegExp])[] = [
  ["openai", /^(?:gpt-|chatgpt-|o[1-9](?:-|$))/],
  ["anthropic", /^claude/],
  ["gemini", /^gemini/],
  ["mistral", /^(?:mistral|codestral|ministral)/],
];

/** A provider that wants a key, where neither the spec nor its variables give one. */
export function keys({ model, runtime }: AgentSpec): readonly SpecFault[] {
  const { provider, endpoint, apiKeySecretRef } = model;
  const variable = KEYS[provider];
  const given = (runtime.env ?? []).some(({ name }) => name === variable) || (runtime.pod?.envFrom ?? []).length > 0;
  if (variable === undefined || endpoint !== undefined || apiKeySecretRef !== undefined || given) return [];
  const message = `${provider} wants a key, and the agent has none; add model.apiKeySecretRef`;
  return [{ path: ["model"], message }];
}

/** A model of another provider's, and an endpoint that is more than the base of the API. */
export function names({ model }: AgentSpec): readonly SpecFault[] {
  const { provider, name, endpoint } = model;
  const [owner] = BEGINNINGS.find(([, beginning]) => beginning.test(name.toLowerCase())) ?? [];
  const isOther = owner !== undefined && owner !== provider && Object.hasOwn(KEYS, provider) && endpoint === undefined;
  const operation = /\/(?:chat\/completions|completions|responses|messages|embeddings)\/?$/.exec(endpoint ?? "")?.[0];
  return [
    ...(isOther
      ? [
          {
            path: ["model", "name"],
            message: `${displayValue(name)} is a model of ${owner}, and the provider is ${provider}; write model.provider: ${owner}, or another name`,
          },
        ]
      : []),
    ...(operation === undefined
      ? []
      : [
          {
            path: ["model", "endpoint"],
            message: `clients put ${operation} after the base URL themselves; write it without`,
          },
        ]),
  ];
}

/** Models that are tried twice. */
export function repeats({ model }: AgentSpec): readonly SpecFault[] {
  const all = [model.name, ...(model.fallbacks ?? [])];
  return repeated(all, (name) => name, ["model", "fallbacks"], undefined, "model").map(({ path, message }) => ({
    path: [...path.slice(0, -1), Number(path.at(-1)) - 1],
    message,
  }));
}

/** Tools that need approval and may not be called at all. */
export function approvals({ tools = [] }: AgentSpec): readonly SpecFault[] {
  return tools.flatMap((tool, index) => {
    if (!("mcp" in tool) || tool.mcp.allow === undefined) return [];
    const { allow, requireApproval = [] } = tool.mcp;
    return requireApproval.flatMap((name, at) =>
      allow.includes(name)
        ? []
        : [
            {
              path: ["tools", index, "mcp", "requireApproval", at],
              message: `allow does not hold ${displayValue(name)}, so that it is never called; add it there, or remove it`,
            },
          ],
    );
  });
}
