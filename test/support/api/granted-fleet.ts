/** A template of agents that cost a dollar a day at most. */
export const HELPER = `apiVersion: raos.dev/v1alpha1
kind: AgentTemplate
metadata: {name: helper}
spec:
  parameters: [{name: lang, type: string, default: en}]
  agent:
    description: Helps
    instructions: {inline: "Answer in ${"$"}{lang}."}
    model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
    limits: {dollarsPerDay: 1}
`;

interface GrantFields {
  readonly max: number;
  readonly maxDepth?: number;
  readonly perDay?: number;
  readonly templates?: string;
}

/** A field `supervision` with a grant for agents of that template. */
export function grantOf({ max, maxDepth = 1, perDay = 5, templates = "[helper]" }: GrantFields): string {
  return `{createAgents: {max: ${max}, maxDepth: ${maxDepth}, perDay: ${perDay}, templates: ${templates}, budget: {cpu: 4, memory: 8Gi, dollarsPerDay: 9}, sponsor: "@acme/leads"}}`;
}
