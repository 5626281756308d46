/** An agent spec of acme, with what differs. */
export const specOf = (name: string, more = ""): string => `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  version: 1.0.0
  description: Sorts
  instructions: {inline: Sort.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
${more}`;

/** A repository that Flux deploys, with agent specs and without a raos.yaml. */
export const UNCONFIGURED: Readonly<Record<string, string>> = {
  "agents/acme/triage.yaml": specOf("triage", "  environments:\n    production: {scaling: {min: 2}}\n"),
  "agents/acme/billing.yaml": specOf("billing"),
  "infrastructure/gotk-sync.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
  "apps/overlays/staging/kustomization.yaml": "resources: [../base]\n",
  "apps/base/kustomization.yaml": "resources: []\n",
};
