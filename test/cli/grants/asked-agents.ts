import { lineageAnnotations } from "../../../src/domain/grant/read-lineage.ts";

/** Hours, as `lineageAnnotations` writes them. */
const HOUR = 3_600_000;
const START = Date.parse("2026-05-04T08:00:00Z");

/** An agent that may ask for two others, one generation of them. */
export function leadSpec(
  createAgents = "{max: 2, maxDepth: 1, templates: [support-agent], budget: {cpu: 1, memory: 3Gi, dollarsPerDay: 4}, sponsor: '@acme/support'}",
): string {
  return `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: lead, namespace: support}
spec:
  description: Asks for agents that answer one kind of question each
  template: {ref: support-agent}
  supervision: {createAgents: ${createAgents}}
`;
}

/** An agent that support/lead asked for, some hours after the first. */
export function childSpec(
  name: string,
  { hour = 0, spec = "", dollars = 1, parent = "support/lead", depth = 1, maxReplicas = 4, owner = "" } = {},
): string {
  const annotations = lineageAnnotations({
    createdBy: { agent: parent, environment: "production" },
    request: `request-${name}`,
    root: "support/lead",
    depth,
    createdAt: START + hour * HOUR,
    sponsor: "@acme/support",
    ...(owner === "" ? {} : { owner }),
  });
  return `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata:
  name: ${name}
  namespace: support
  annotations: ${JSON.stringify(annotations)}
spec:
  description: Answers one kind of question
  template: {ref: support-agent, parameters: {maxReplicas: ${maxReplicas}}}
  limits: {dollarsPerDay: ${dollars}}
${spec}`;
}
