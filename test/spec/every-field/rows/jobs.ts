import { agent, type Row, silent } from "../rows.ts";

const runtime = (more: string) => `runtime: {image: "ghcr.io/acme/hello:1.0.0", ${more}}`;
const cron = (schedule: string, more = "") => runtime(`workload: CronJob, job: {schedule: "${schedule}"${more}}`);
const account = (more: string) => runtime(`serviceAccount: {automountServiceAccountToken: true, ${more}}`);
const API = "\nnetworking: {egress: [{cidr: 10.0.0.1/32, port: 443}]}";
const rule = (more: string) => `${account(`rules: [{${more}}]`)}${API}`;
const STORE = { tenant: "secretStores: [{kind: SecretStore, name: vault}]" };
const external = (more: string) =>
  runtime(`externalSecrets: [{name: db, secretStoreRef: {kind: SecretStore, name: vault}, ${more}}]`);
const DATA = "data: [{secretKey: password, remoteRef: {key: db}}]";

/** Jobs, the ServiceAccount and External Secrets. */
export const jobRows: readonly Row[] = [
  agent(
    "runtime.job",
    "moot",
    runtime("job: {backoffLimit: 1}"),
    "runtime/job: a Deployment does not end; write runtime.workload: CronJob or Job, or remove it",
  ),
  agent(
    "runtime.job",
    "nothing",
    runtime("workload: CronJob"),
    "runtime/workload: a CronJob needs a schedule; add runtime.job.schedule",
  ),
  agent(
    "runtime.job.schedule",
    "miss",
    cron("0 25 * * *"),
    "runtime/job/schedule: 25 is no hour; write numbers from 0 to 23, *, or */5",
  ),
  agent(
    "runtime.job.schedule",
    "nothing",
    cron("0 6 31 2,4 *"),
    "runtime/job/schedule: none of these months has a day 31, so that it never runs; write another day",
  ),
  agent(
    [
      "runtime.job.schedule",
      "runtime.job.timeZone",
      "runtime.job.concurrencyPolicy",
      "runtime.job.startingDeadlineSeconds",
      "runtime.job.successfulJobsHistoryLimit",
      "runtime.job.failedJobsHistoryLimit",
    ],
    "moot",
    runtime("workload: Job, job: {concurrencyPolicy: Forbid}"),
    "runtime/job/concurrencyPolicy: only a CronJob has concurrencyPolicy; write runtime.workload: CronJob, or remove it",
  ),
  agent(
    "runtime.job.timeZone",
    "miss",
    cron("@daily", ", timeZone: europe/berlin"),
    'runtime/job/timeZone: unknown time zone "europe/berlin"; write one such as Europe/Berlin',
  ),
  agent(
    "runtime.job.startingDeadlineSeconds",
    "unit",
    cron("@daily", ", startingDeadlineSeconds: 5"),
    "runtime/job/startingDeadlineSeconds: 5 is too small; at least 10",
  ),
  silent(
    [
      "runtime.job.successfulJobsHistoryLimit",
      "runtime.job.failedJobsHistoryLimit",
      "runtime.job.backoffLimit",
      "runtime.job.parallelism",
      "runtime.job.completions",
    ],
    "unit",
    "they are counts without a unit, and bounded",
  ),
  agent(
    "runtime.job.activeDeadlineSeconds",
    "unit",
    cron("@daily", ", activeDeadlineSeconds: 30m"),
    'runtime/job/activeDeadlineSeconds: "30m" is not a number; write a number',
  ),
  agent(
    "runtime.job.ttlSecondsAfterFinished",
    "unit",
    cron("@daily", ", ttlSecondsAfterFinished: 3600000"),
    "runtime/job/ttlSecondsAfterFinished: 3600000 is too large; at most 86400",
  ),
  agent(
    "runtime.job.parallelism",
    "moot",
    cron("@daily", ", parallelism: 5, completions: 2"),
    "warning: runtime/job/parallelism: a run ends with 2 pods, so that never 5 run at a time; write 2",
  ),
  silent("runtime.job.suspend", "moot", "true is how people stop it, and the field says so"),
  silent(
    [
      "runtime.job.backoffLimit",
      "runtime.job.activeDeadlineSeconds",
      "runtime.job.ttlSecondsAfterFinished",
      "runtime.job.completions",
    ],
    "moot",
    "each bounds a run in a way of its own, and the first to be reached holds",
  ),

  silent(
    ["runtime.serviceAccount", "runtime.serviceAccount.automountServiceAccountToken"],
    "moot",
    "a token without rights still proves who the agent is, such as to Vault",
  ),
  agent(
    "runtime.serviceAccount.annotations",
    "nothing",
    runtime("serviceAccount: {annotations: {eks.amazonaws.com/role-arm: x}}"),
    'runtime/serviceAccount/annotations/eks.amazonaws.com~1role-arm: no cloud reads eks.amazonaws.com/role-arm; did you mean "eks.amazonaws.com/role-arn"?',
  ),
  agent(
    "runtime.serviceAccount.annotations",
    "moot",
    runtime("serviceAccount: {annotations: {eks.amazonaws.com/role-arn: agents}}"),
    'runtime/serviceAccount/annotations/eks.amazonaws.com~1role-arn: "agents" names no identity; write arn:aws:iam::123456789012:role/agents',
  ),
  agent(
    "runtime.serviceAccount.rules",
    "moot",
    runtime('serviceAccount: {rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}'),
    "runtime/serviceAccount/rules: without a token the agent cannot use its rights; add automountServiceAccountToken: true",
  ),
  agent(
    "runtime.serviceAccount.rules[].apiGroups",
    "nothing",
    rule("apiGroups: [core], resources: [pods], verbs: [get]"),
    'runtime/serviceAccount/rules/0/apiGroups/0: core is no API group; write "" for that of pods and services',
  ),
  agent(
    "runtime.serviceAccount.rules[].apiGroups",
    "moot",
    rule('apiGroups: [""], resources: [deployments], verbs: [get]'),
    'runtime/serviceAccount/rules/0/resources/0: deployments are in the API group "apps", and this Role grants nothing on them; add it to apiGroups',
  ),
  agent(
    "runtime.serviceAccount.rules[].resources",
    "nothing",
    rule('apiGroups: [""], resources: [pod], verbs: [get]'),
    "runtime/serviceAccount/rules/0/resources/0: rules name resources in their plural form; write pods",
  ),
  agent(
    "runtime.serviceAccount.rules[].resources",
    "moot",
    rule('apiGroups: [""], resources: [nodes], verbs: [get]'),
    "runtime/serviceAccount/rules/0/resources/0: nodes are in no namespace, and this Role grants nothing on them; refer to a ClusterRole in roleRefs with clusterWide: true",
  ),
  silent(
    ["runtime.serviceAccount.rules[].resourceNames", "runtime.serviceAccount.rules[].verbs"],
    "moot",
    "Kubernetes reads a name with list and watch as a selector of that one object",
  ),
  agent(
    [
      "runtime.serviceAccount.roleRefs",
      "runtime.serviceAccount.roleRefs[].clusterWide",
      "runtime.serviceAccount.roleRefs[].kind",
    ],
    "moot",
    account("roleRefs: [{kind: Role, name: view, clusterWide: true}]") + API,
    "runtime/serviceAccount/roleRefs/0/clusterWide: a Role is in one namespace; write kind: ClusterRole, or remove clusterWide",
    { tenant: "roles: [{kind: ClusterRole, name: view}]" },
  ),
  agent(
    "runtime.serviceAccount.roleRefs[].name",
    "miss",
    account("roleRefs: [{kind: ClusterRole, name: veiw}]") + API,
    "runtime/serviceAccount/roleRefs/0: the tenant may not use this role; the platform team may add {kind: ClusterRole, name: veiw} to spec.roles in tenants/demo.yaml",
    { tenant: "roles: [{kind: ClusterRole, name: view}]" },
  ),
  silent("runtime.serviceAccount.roleRefs[].name", "moot", "a second role adds to the first"),

  agent(
    ["runtime.externalSecrets", "runtime.externalSecrets[].name"],
    "moot",
    external(DATA),
    "warning: runtime/externalSecrets/0/name: nothing in the spec refers to Secret db; refer to it, such as in runtime.env, or remove it",
    STORE,
  ),
  agent(
    "runtime.externalSecrets[].name",
    "miss",
    runtime(
      `externalSecrets: [{name: db, secretStoreRef: {kind: SecretStore, name: vault}, ${DATA}}, {name: db, secretStoreRef: {kind: SecretStore, name: vault}, ${DATA}}]`,
    ),
    "runtime/externalSecrets/1/name: a second Secret db; name each only once",
    STORE,
  ),
  agent(
    ["runtime.externalSecrets[].secretStoreRef.name", "runtime.externalSecrets[].secretStoreRef"],
    "miss",
    external(DATA),
    "runtime/externalSecrets/0/secretStoreRef: the tenant may not read from this store; the platform team may add {kind: SecretStore, name: vault} to spec.secretStores in tenants/demo.yaml",
  ),
  silent("runtime.externalSecrets[].secretStoreRef.**", "moot", "nothing else says which store is read"),
  agent(
    "runtime.externalSecrets[].refreshInterval",
    "unit",
    external(`refreshInterval: 1d, ${DATA}`),
    'runtime/externalSecrets/0/refreshInterval: "1d" is not a duration; write 30s, 5m or 1h',
  ),
  silent("runtime.externalSecrets[].refreshInterval", "moot", "zero is how External Secrets is told to read once"),
  agent(
    "runtime.externalSecrets[].data",
    "nothing",
    external("data: []"),
    "runtime/externalSecrets/0/data: an empty list is too short; at least 1 entry",
  ),
  agent(
    ["runtime.externalSecrets[].data", "runtime.externalSecrets[].data[].secretKey"],
    "moot",
    external("data: [{secretKey: a, remoteRef: {key: k}}, {secretKey: a, remoteRef: {key: l}}]"),
    "runtime/externalSecrets/0/data/1/secretKey: a second key a; name each only once",
    STORE,
  ),
  agent(
    "runtime.externalSecrets[].data[].secretKey",
    "miss",
    external("data: [{secretKey: a b, remoteRef: {key: k}}]"),
    "runtime/externalSecrets/0/data/0/secretKey: this value is not a key of a Secret",
  ),
  silent(
    "runtime.externalSecrets[].data[].remoteRef.**",
    ["miss", "moot"],
    "only the store knows what it holds, and External Secrets reports what it lacks",
  ),
];
