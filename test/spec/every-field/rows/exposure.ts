import { agent, type Row, silent } from "../rows.ts";

const egress = (more: string) => `networking: {egress: [{${more}}]}`;
const host = (more: string, others = "") =>
  `networking: {ingress: [{namespace: ingress-nginx}], hosts: [{host: a.shop.example.com, ${more}}${others}]}`;
const HOSTS = { tenant: 'hosts: ["*.shop.example.com"]' };
const SKILL = "{id: a, name: A, description: Answers, tags: [a]}";
const H = "networking.hosts[]";
const OTHER_TENANT = {
  "tenants/shop.yaml":
    "apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: shop}\nspec: {namespace: shop-agents}\n",
};

/** The A2A card, callers, and the network. */
export const exposureRows: readonly Row[] = [
  silent(["a2a", "a2a.enabled"], "moot", "without Dapr the card is still served at the agent's Service"),
  agent(
    ["a2a.skills", "a2a.streaming", "a2a.provider", "a2a.documentationUrl"],
    "moot",
    `a2a: {skills: [${SKILL}]}`,
    "warning: a2a/skills: no card is served; write a2a.enabled: true, or remove it",
  ),
  agent(
    "a2a.skills[].id",
    "miss",
    `a2a: {enabled: true, skills: [${SKILL}, ${SKILL}]}`,
    "a2a/skills/1/id: a second skill a; name each only once",
  ),
  agent(
    ["a2a.skills[].name", "a2a.skills[].description"],
    "miss",
    'a2a: {enabled: true, skills: [{id: a, name: " ", description: Answers, tags: [a]}]}',
    "a2a/skills/0/name: is blank; write a text",
  ),
  agent(
    "a2a.skills[].tags",
    "nothing",
    "a2a: {enabled: true, skills: [{id: a, name: A, description: Answers, tags: []}]}",
    "a2a/skills/0/tags: an empty list is too short; at least 1 entry",
  ),
  silent("a2a.skills[].**", "moot", "all of a skill is on the card, for people and other agents"),
  silent(["a2a.provider.organization"], ["miss", "moot"], "it is a name for people, and any text is one"),
  agent(
    ["a2a.provider.url", "a2a.documentationUrl"],
    "miss",
    "a2a: {enabled: true, documentationUrl: docs.example.com}",
    'a2a/documentationUrl: "docs.example.com" is not an http(s) URL without credentials',
  ),
  silent("a2a.provider.url", "moot", "it stands on the card beside the organization"),

  agent(
    ["access", "access.callers"],
    "moot",
    "dapr: {enabled: false}\naccess: {callers: [{appId: a, namespace: other}]}",
    "warning: access/callers: does nothing without Dapr; write dapr.enabled: true, or remove it",
  ),
  agent(
    "access.callers[].appId",
    "miss",
    "access: {callers: [{appId: helo, namespace: demo-agents}]}",
    'warning: access/callers/0/appId: no agent of namespace demo-agents is called helo; did you mean "hello"?',
  ),
  agent(
    "access.callers[].namespace",
    "miss",
    "access: {callers: [{appId: till, namespace: shop}]}",
    "access/callers/0/namespace: shop is a tenant, whose namespace is shop-agents; write shop-agents",
    { files: OTHER_TENANT },
  ),
  agent(
    ["access.callers[].appId", "access.callers[].namespace"],
    "moot",
    "access: {callers: [{appId: a, namespace: b}, {appId: a, namespace: b}]}",
    "access/callers/1: a second caller b/a; name each only once",
  ),
  agent(
    "access.callers[].operations",
    "nothing",
    "access: {callers: [{appId: a, namespace: b, operations: []}]}",
    "access/callers/0/operations: an empty list is too short; at least 1 entry",
  ),
  silent("access.callers[].operations", "moot", "they narrow what that caller may do, whoever else may call"),
  silent(
    "access.callers[].approves",
    "moot",
    "it says who may answer, where a tool asks; an image of your own keeps to it by itself, and tools may come later",
  ),

  silent(
    ["networking", "networking.egress", "networking.ingress"],
    "moot",
    "openings add to each other and to what the spec implies",
  ),
  agent(
    ["networking.egress[].cidr", "networking.egress[].namespace", "networking.egress[].podLabels"],
    "moot",
    egress("cidr: 10.0.0.0/8, namespace: data"),
    "networking/egress/0: write either cidr, or namespace, podLabels or both",
  ),
  agent(
    "networking.egress[].cidr",
    "miss",
    egress("cidr: 10.20.0.5/8"),
    "networking/egress/0/cidr: 10.20.0.5/8 is all of 10.0.0.0/8; write 10.0.0.0/8, or 10.20.0.5/32 for this address alone",
  ),
  agent(
    "networking.egress[].cidr",
    "miss",
    egress("cidr: 10.20.0.5"),
    'networking/egress/0/cidr: "10.20.0.5" is not a CIDR block; write 10.20.0.5/32',
  ),
  agent(
    "networking.egress[].namespace",
    "miss",
    egress("namespace: shop, port: 443"),
    "networking/egress/0/namespace: shop is a tenant, whose namespace is shop-agents; write shop-agents",
    { files: OTHER_TENANT },
  ),
  agent(
    "networking.egress[].podLabels",
    "nothing",
    egress("podLabels: {}, port: 443"),
    "networking/egress/0: write either cidr, or namespace, podLabels or both",
  ),
  agent(
    ["networking.egress[].port", "networking.ingress[].port"],
    "unit",
    egress("cidr: 10.0.0.0/8, port: 99999"),
    "networking/egress/0/port: 99999 is too large; at most 65535",
  ),
  silent("networking.egress[].port", "moot", "left out, every port is open, which guardrails weigh"),
  silent("networking.egress[].description", ["miss", "moot"], "it is a text for the reviewer, and any text is one"),
  agent(
    "networking.ingress[].namespace",
    "miss",
    "networking: {ingress: [{namespace: shop}]}",
    "networking/ingress/0/namespace: shop is a tenant, whose namespace is shop-agents; write shop-agents",
    { files: OTHER_TENANT },
  ),
  silent("networking.ingress[].namespace", "moot", "a namespace that there is not opens nothing until there is one"),
  agent(
    "networking.ingress[].port",
    "moot",
    "networking: {ingress: [{namespace: ingress-nginx, port: 80}]}",
    "warning: networking/ingress/0/port: the agent listens on 8080; remove the port, or see that something listens on 80",
  ),
  agent(
    "networking.hosts",
    "moot",
    "networking: {hosts: [{host: a.shop.example.com, ingress: {tlsSecretName: t}}]}",
    "networking/hosts: the network policy is closed to what serves the host; add its namespace to networking.ingress, such as {namespace: ingress-nginx}",
    HOSTS,
  ),
  agent(
    `${H}.host`,
    "miss",
    host("ingress: {}").replace("a.shop", "a.shp"),
    "networking/hosts/0/host: the tenant does not have this host; the platform team may add a.shp.example.com to spec.hosts in tenants/demo.yaml",
    HOSTS,
  ),
  agent(
    [`${H}.host`, `${H}.path`],
    "moot",
    host("ingress: {}", ", {host: a.shop.example.com, path: /, ingress: {}}"),
    "networking/hosts/1: a second host a.shop.example.com/; name each only once",
    HOSTS,
  ),
  agent(
    `${H}.host`,
    "moot",
    host("ingress: {tlsSecretName: t}"),
    "warning: networking/hosts/0: a.shop.example.com/ is demo/other's, too, and which of the two answers is not known; write another host or path",
    {
      ...HOSTS,
      files: {
        "agents/demo/other.yaml": `apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: other, namespace: demo}
spec:
  description: Answers
  instructions: {inline: Answer.}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
  ${host("ingress: {tlsSecretName: t}")}
`,
      },
    },
  ),
  agent(
    `${H}.path`,
    "miss",
    host("path: chat, ingress: {}"),
    "networking/hosts/0/path: \"chat\" is not a path of an HTTP server; it starts with '/', and no part of it is empty, '.' or '..'",
    HOSTS,
  ),
  agent(
    `${H}.path`,
    "miss",
    host("path: /., ingress: {}"),
    "networking/hosts/0/path: \"/.\" is not a path of an HTTP server; it starts with '/', and no part of it is empty, '.' or '..'",
    HOSTS,
  ),
  agent(
    `${H}.path`,
    "miss",
    host("path: /chat/.., ingress: {}"),
    "networking/hosts/0/path: \"/chat/..\" is not a path of an HTTP server; it starts with '/', and no part of it is empty, '.' or '..'",
    HOSTS,
  ),
  agent(
    `${H}.path`,
    "miss",
    host("path: /chat//v1, ingress: {}"),
    "networking/hosts/0/path: \"/chat//v1\" is not a path of an HTTP server; it starts with '/', and no part of it is empty, '.' or '..'",
    HOSTS,
  ),
  agent(
    `${H}.path`,
    "miss",
    host("path: /./chat, ingress: {}"),
    "networking/hosts/0/path: \"/./chat\" is not a path of an HTTP server; it starts with '/', and no part of it is empty, '.' or '..'",
    HOSTS,
  ),
  agent(
    [`${H}.ingress`, `${H}.httpRoute`],
    "moot",
    host("ingress: {}, httpRoute: {parentRefs: [{name: g}]}"),
    "networking/hosts/0: write exactly one of ingress and httpRoute",
    HOSTS,
  ),
  agent(
    `${H}.ingress`,
    "nothing",
    host("ingress: {}"),
    "warning: networking/hosts/0/ingress: a.shop.example.com is served without a certificate of its own; add ingress.tlsSecretName, unless the controller has one for it",
    HOSTS,
  ),
  agent(
    [`${H}.httpRoute.parentRefs`, `${H}.httpRoute.parentRefs[].sectionName`],
    "moot",
    host("httpRoute: {parentRefs: [{name: g}, {name: g}]}"),
    "networking/hosts/0/httpRoute/parentRefs/1: a second Gateway g; name each only once, or each listener of it by another sectionName",
    HOSTS,
  ),
  agent(
    `${H}.ingress.annotations`,
    "nothing",
    host("ingress: {annotations: {nginx.ingress.kubernetes.io/configuration-snippet: 'return 200;'}}"),
    "networking/hosts/0/ingress/annotations/nginx.ingress.kubernetes.io~1configuration-snippet: nginx.ingress.kubernetes.io/configuration-snippet reaches beyond this host; remove it, or let the platform team add nginx.ingress.kubernetes.io/configuration-snippet to spec.ingressAnnotations in tenants/demo.yaml",
    HOSTS,
  ),
  silent(
    [`${H}.ingress.**`, `${H}.httpRoute.**`],
    ["miss", "moot"],
    "only the cluster knows which classes, certificates and Gateways there are",
  ),
];
