const HEAD = "apiVersion: raos.dev/v1alpha1";

interface Addresses {
  readonly model: string;
  readonly redis: string;
  readonly prometheus: string;
  /** Where the coach is to listen, and where RAOS does. */
  readonly port: number;
  readonly raosPort: number;
}

const tenant = (name: string) =>
  `${HEAD}\nkind: Tenant\nmetadata: {name: ${name}}\nspec: {namespace: ${name}-agents}\n`;

/** An agent with an image, whose memory limit may be changed by what is no person. */
const worker = (namespace: string, name: string) => `${HEAD}
kind: Agent
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  description: Works
  instructions: {inline: Work.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
  runtime:
    image: ghcr.io/acme/${name}:1
    resources: {requests: {memory: 256Mi}, limits: {memory: 512Mi}}
  supervision: {allowedPaths: [/spec/runtime/resources]}
`;

/** Two tenants with an agent each, and in the first a coach: a stock agent that may improve its tenant's agents, over MCP. */
export function coachedFleet({
  model,
  redis,
  prometheus,
  port,
  raosPort,
}: Addresses): Readonly<Record<string, string>> {
  return {
    "raos.yaml": `${HEAD}
kind: Config
spec:
  environments: [{name: production}]
  prometheus: {url: "${prometheus}"}
`,
    "tenants/shop.yaml": tenant("shop"),
    "tenants/bank.yaml": tenant("bank"),
    "agents/shop/till.yaml": worker("shop", "till"),
    "agents/bank/vault.yaml": worker("bank", "vault"),
    "agents/shop/coach.yaml": `${HEAD}
kind: Agent
metadata: {name: coach, namespace: shop}
spec:
  description: Looks after the agents of the shop
  runtime: {port: ${port}}
  instructions: {inline: "Look at what is measured before you propose a change."}
  model: {name: gpt-5-mini, endpoint: "${model}", apiKeySecretRef: {name: llm, key: key}}
  tools:
    - mcp:
        name: raos
        streamableHTTP:
          url: http://127.0.0.1:${raosPort}/mcp
          headers: [{name: Authorization, serviceAccountToken: {audience: raos}}]
        allow: [query_evidence, propose_edit]
  a2a: {enabled: true}
  dapr: {state: {type: state.redis, host: "${redis}"}}
  access: {callers: [{appId: web, namespace: shop-agents}]}
  supervision: {improves: ["shop/*"]}
`,
  };
}
