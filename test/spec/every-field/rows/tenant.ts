import { type Row, silent, template, tenant } from "../rows.ts";

const S = "Tenant.spec";

/** Tenants and templates. */
export const tenantRows: readonly Row[] = [
  tenant(
    `${S}.namespace`,
    "miss",
    "{namespace: kube-system}",
    "namespace: namespace kube-system belongs to Kubernetes; choose one for the tenant alone",
  ),
  silent(
    [S, `${S}.namespace`, "Tenant.metadata.**", "Config.metadata.**"],
    "moot",
    "a name is a name, whatever else is said",
  ),
  silent(
    ["Tenant.metadata.name", "Config.metadata.name"],
    "miss",
    "another name than the file's is a Problem where one is expected",
  ),
  tenant(`${S}.owners`, "moot", '{owners: ["#support"]}', 'owners/0: "#support" is not a user or @org/team'),
  tenant(
    `${S}.registries`,
    "moot",
    '{registries: ["https://ghcr.io/acme"]}',
    'registries/0: "https://ghcr.io/acme" is not a registry or a prefix of one, such as ghcr.io/acme',
  ),
  tenant(
    [`${S}.quota`, `${S}.quota.memory`],
    "moot",
    "{quota: {memory: 128Mi}}",
    "runtime/resources/requests/memory: 1 replica of 256Mi do not fit into the quota of tenant demo, 128Mi; request less, or let the platform team raise spec.quota.memory",
  ),
  tenant(
    `${S}.quota.cpu`,
    "moot",
    "{quota: {cpu: 50m}}",
    "runtime/resources/requests/cpu: 1 replica of 100m do not fit into the quota of tenant demo, 50m; request less, or let the platform team raise spec.quota.cpu",
  ),
  silent(
    [`${S}.quota.cpu`, `${S}.limits.default.cpu`],
    "unit",
    "a tenant may have hundreds of cores, which a single container has not",
  ),
  tenant([`${S}.quota.memory`], "unit", "{quota: {memory: 64}}", "quota/memory: 64 is less than one MiB; write 64Mi"),
  tenant(
    [`${S}.limits.default.memory`],
    "unit",
    "{limits: {default: {memory: 512m}}}",
    'limits/default/memory: "512m" is less than one MiB; write 512Mi',
  ),
  silent(`${S}.quota.pods`, "unit", "pods are counted, and a count has no unit"),
  tenant(
    `${S}.quota.pods`,
    "moot",
    "{quota: {pods: 0}}",
    "scaling/min: 1 replica do not fit into the quota of tenant demo, 0 pods; write less, or let the platform team raise spec.quota.pods",
  ),
  tenant(
    `${S}.quota.pods`,
    "nothing",
    "{quota: {pods: 0}}",
    "warning: quota/pods: 0 pods let no agent start; write more, or remove it",
  ),
  tenant(
    [`${S}.limits`, `${S}.limits.default`, `${S}.limits.max`, `${S}.limits.default.cpu`, `${S}.limits.default.memory`],
    "moot",
    "{limits: {default: {memory: 2Gi}, max: {memory: 1Gi}}}",
    "limits/default/memory: default 2Gi is more than max 1Gi; lower the default, or raise max",
  ),
  silent(`${S}.admins`, "moot", "only the cluster knows its groups, and binding one twice changes nothing"),
  tenant(
    `${S}.environments`,
    "moot",
    "{environments: [prodution]}",
    'environments/0: unknown environment prodution; did you mean "production"?',
  ),
  tenant(
    `${S}.accepts`,
    "moot",
    "{accepts: [demo]}",
    "accepts/0: a tenant's agents may call each other without consent; remove it",
  ),
  tenant(
    `${S}.accepts`,
    "nothing",
    "{accepts: [shop]}",
    "warning: accepts/0: there is no tenant shop; it lets nobody in until there is one",
  ),
  silent(
    [
      `${S}.allow`,
      `${S}.ingressAnnotations`,
      `${S}.hosts`,
      `${S}.secretStores`,
      `${S}.secretStores[].kind`,
      `${S}.secretStores[].name`,
    ],
    "moot",
    "it is what agents may ask for, and need not be asked for",
  ),
  tenant(
    `${S}.roles`,
    "moot",
    "{roles: [{kind: Role, name: view, clusterWide: true}]}",
    "warning: roles/0/clusterWide: a Role is in one namespace; write kind: ClusterRole, or remove clusterWide",
  ),
  tenant(
    `${S}.hosts`,
    "nothing",
    '{hosts: ["https://a.example.com"]}',
    'hosts/0: "https://a.example.com" is not a host such as agent.example.com or *.example.com',
  ),
  silent(
    `${S}.secretStores[].name`,
    "miss",
    "only the cluster knows which stores there are; an agent that names another gets a Problem",
  ),
  tenant(
    `${S}.podMetadata`,
    "moot",
    "{podMetadata: [sidecar.istoi.example/inject]}",
    "warning: podMetadata/0: sidecar.istoi.example/inject is not reserved, so that everybody may set it; see whether it is spelt right",
  ),

  silent(
    ["AgentTemplate.metadata", "AgentTemplate.spec"],
    "moot",
    "a template does nothing until an agent refers to it",
  ),
  template(
    ["AgentTemplate.spec.parameters", "AgentTemplate.spec.parameters[].name"],
    "moot",
    "{parameters: [{name: who, type: string, default: me}], agent: {version: 1.0.0}}",
    "warning: parameters/0/name: nothing in the template holds ${who}; use it, or remove it",
  ),
  template(
    "AgentTemplate.spec.parameters[].name",
    "miss",
    '{parameters: [{name: who, type: string, default: me}], agent: {description: "${whoo}"}}',
    'agent/description: unknown parameter "whoo"; did you mean "who"?',
  ),
  template(
    [
      "AgentTemplate.spec.parameters[].default",
      "AgentTemplate.spec.parameters[].type",
      "AgentTemplate.spec.parameters[].enum",
    ],
    "moot",
    '{parameters: [{name: who, type: string, enum: [a, b], default: c}], agent: {description: "${who}"}}',
    'parameters/0/default: "c" is none of a, b; did you mean "a"?',
  ),
  template(
    "AgentTemplate.spec.parameters[].default",
    "miss",
    '{parameters: [{name: who, type: integer, default: "3"}], agent: {description: "${who}"}}',
    'parameters/0/default: "3" is not an integer, the type of parameter who',
  ),
  silent(
    "AgentTemplate.spec.parameters[].description",
    ["miss", "moot"],
    "it is a text for people, and any text is one",
  ),
  template(
    "AgentTemplate.spec.agent",
    "moot",
    "{agent: {template: {ref: u}}}",
    "agent/template: a template cannot use a template; write its fields out here",
  ),
];
