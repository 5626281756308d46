const HEAD = "apiVersion: raos.dev/v1alpha1";

interface Addresses {
  readonly model: string;
  readonly redis: string;
  /** Where the agent is to listen. */
  readonly port: number;
}

/** A repository of one tenant without agents, with a template of assistants that run on this machine, and a model to ask. */
export function shopFleet({ model, redis, port }: Addresses): Readonly<Record<string, string>> {
  return {
    "raos.yaml": `${HEAD}
kind: Config
spec:
  environments: [{name: production}]
  model: {name: gpt-5-mini, budget: {tokens: 1000000, dollarsPerDay: 1000}}
`,
    "tenants/shop.yaml": `${HEAD}\nkind: Tenant\nmetadata: {name: shop}\nspec: {namespace: shop-agents}\n`,
    "templates/assistant.yaml": `${HEAD}
kind: AgentTemplate
metadata: {name: assistant}
spec:
  parameters:
    - {name: lang, type: string, default: en, enum: [en, de], description: Language of the answers}
    - {name: tone, type: string, default: friendly, description: How it speaks}
  agent:
    runtime: {port: ${port}}
    instructions: {inline: "Answer in \${lang}, in a \${tone} tone."}
    model: {name: gpt-5-mini, endpoint: "${model}", apiKeySecretRef: {name: llm, key: key}}
    a2a: {enabled: true}
    dapr: {state: {type: state.redis, host: "${redis}"}}
    access: {callers: [{appId: web, namespace: shop-agents}]}
`,
  };
}
