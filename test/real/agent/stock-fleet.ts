import { compile } from "../../../src/compile/index.ts";
import { readFleet } from "../../../src/spec/read/read-fleet.ts";
import { AGENT_CHART, type Manifest, manifests } from "../../charts/fixture-renders.ts";
import { line, snapshotOf } from "../../support/specs/snapshot.ts";
import { helmTemplate } from "../helm/helm.ts";

/** Where the parts of the stage listen. */
interface Addresses {
  readonly model: string;
  readonly ledger: string;
  readonly redis: string;
  readonly front: number;
  readonly clerk: number;
}

const tenant = `apiVersion: raos.dev/v1alpha1
kind: Tenant
metadata: {name: shop}
spec: {namespace: shop-agents}
`;
const config = `apiVersion: raos.dev/v1alpha1
kind: Config
spec:
  environments: [{name: production}]
`;

/** A front that asks a clerk and an old ledger of another make; the clerk books, with approval for refunds by a desk, and consumes a topic. */
function agentSpecs({ model, ledger, redis, front, clerk }: Addresses): Readonly<Record<string, string>> {
  const common = `  model: {name: gpt-5-mini, endpoint: "${model}", apiKeySecretRef: {name: llm, key: key}}
  a2a: {enabled: true, streaming: true}
`;
  return {
    "agents/shop/front.yaml": `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: front, namespace: shop}
spec:
  description: Takes questions
  runtime: {port: ${front}}
  instructions: {inline: "You are the front."}
  limits: {turns: 6, dollarsPerDay: 5}
  tools:
    - agent: {name: clerk}
    - agent: {name: custom}
  dapr: {state: {type: state.redis, host: "${redis}"}}
  access: {callers: [{appId: custom, namespace: shop-agents}]}
${common}`,
    "agents/shop/clerk.yaml": `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: clerk, namespace: shop}
spec:
  description: Books
  runtime: {port: ${clerk}}
  instructions: {inline: "You are the clerk."}
  tools:
    - mcp:
        name: ledger
        streamableHTTP:
          url: "${ledger}"
          headers: [{name: Authorization, secretKeyRef: {name: ledger, key: token}}]
        allow: [book, refund]
        requireApproval: [refund]
  dapr:
    state: {type: state.redis, host: "${redis}"}
    pubsub: {type: pubsub.redis, host: "${redis}"}
    subscriptions: [{topic: orders, route: /orders}]
  access: {callers: [{appId: desk, namespace: shop-agents, approves: true}]}
${common}`,
    "agents/shop/custom.yaml": `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: custom, namespace: shop}
spec:
  description: An agent of another make
  runtime: {image: "ghcr.io/acme/custom:1.0.0", framework: custom}
  instructions: {inline: "You are custom."}
  tools: [{agent: {name: front}}]
${common}`,
  };
}

/** What the chart renders for each agent of the stage, by name. Throws where a spec has a Problem. */
export async function stockFleet(addresses: Addresses): Promise<ReadonlyMap<string, readonly Manifest[]>> {
  const files = { "raos.yaml": config, "tenants/shop.yaml": tenant, ...agentSpecs(addresses) };
  const { agents, fleet, problems } = readFleet(snapshotOf(files));
  const wrong = problems.filter(({ file }) => file.startsWith("agents/"));
  if (wrong.length > 0) throw new Error(wrong.map(line).join("\n"));
  const rendered = await Promise.all(
    [...agents.values()].map(async (agent): Promise<[string, readonly Manifest[]]> => {
      const values = compile(agent, fleet).get(`deploy/production/${agent.key}/values.yaml`) ?? "";
      const release = { release: agent.name, namespace: agent.facts.namespace };
      return [agent.name, manifests(await helmTemplate({ chart: AGENT_CHART, values, ...release }))];
    }),
  );
  return new Map(rendered);
}
