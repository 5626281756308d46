const HEAD = "apiVersion: raos.dev/v1alpha1";

/** A repository of one tenant, acme, in one environment, with a chart of its own, and no agent yet. */
export const ACME: Readonly<Record<string, string>> = {
  "raos.yaml": `${HEAD}
kind: Config
spec:
  chart: {path: charts/agent}
  environments: [{name: production}]
`,
  "charts/agent/Chart.yaml": "name: agent\nversion: 0.1.0\n",
  "tenants/acme.yaml": `${HEAD}\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n`,
};

/** The spec of the agent acme/triage; `fields` are lines of its spec, instead of those with the same key. */
export function triage(fields: Readonly<Record<string, string>> = {}): string {
  const spec = {
    description: "Sorts",
    instructions: "{inline: Sort.}",
    model: "{name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}",
    ...fields,
  };
  const lines = Object.entries(spec).map(([key, value]) => `  ${key}: ${value}\n`);
  return `${HEAD}\nkind: Agent\nmetadata: {name: triage, namespace: acme}\nspec:\n${lines.join("")}`;
}

/** The guardrail `polite`, which denies agents with a description. */
export function politeGuardrail(description: string, message: string): string {
  return `${HEAD}
kind: Guardrail
metadata: {name: polite}
spec:
  description: Agents greet politely.
  enforce: always
  rules:
    - deny: after.spec.description == "${description}"
      message: ${message}
`;
}
