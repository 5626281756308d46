import { config, type Row, silent } from "../rows.ts";

const C = "Config.spec";
const E = `${C}.environments[]`;
const ONE = "environments: [{name: production}]";

/** raos.yaml. */
export const configRows: readonly Row[] = [
  silent(C, "moot", "each of its fields is asked for itself"),
  config(
    `${C}.path`,
    "miss",
    "{path: ../platform}",
    "path: is no folder of the repository; write it from its top, such as platform",
  ),
  silent(`${C}.path`, "moot", "another folder than the one that is read is a Problem there"),
  config(
    `${C}.delivery`,
    "moot",
    "{delivery: argocd}",
    "delivery: Argo CD needs argocd.repoURL, the URL under which it knows this repository; without it nothing deploys",
  ),
  config(
    [`${C}.chart`, `${C}.chart.oci`, `${C}.chart.path`, `${C}.chart.version`],
    "moot",
    "{chart: {path: charts/agent, version: 1.0.0}}",
    "chart/version: does not go with path; remove one of them",
  ),
  config(
    `${C}.chart.oci`,
    "miss",
    '{chart: {oci: "ghcr.io/acme/agent", version: 1.0.0}}',
    'chart/oci: "ghcr.io/acme/agent" is not an oci:// reference without credentials',
  ),
  config(
    `${C}.chart.path`,
    "miss",
    "{chart: {path: /charts/agent}}",
    "chart/path: an absolute path; write it from the root of the repository, such as prompts/triage.md",
  ),
  silent(
    `${C}.chart.version`,
    "miss",
    "only the registry knows which versions there are; the release says that it lacks one",
  ),
  config(
    [`${C}.environments`, `${E}.name`],
    "moot",
    "{environments: [{name: a}, {name: a}]}",
    "environments/1/name: a second environment a; use each name only once",
  ),
  silent(`${E}.name`, "miss", "raos validate compares it with what the agents name, and says so at the name"),
  config(
    `${E}.alerts`,
    "moot",
    "{environments: [{name: a, alerts: {cluster: x}}, {name: b, alerts: {cluster: x}}]}",
    "warning: environments/1/alerts: b has the labels of a, so that alerts of the two cannot be told apart; write other ones",
  ),
  config(
    `${E}.prometheus.url`,
    "miss",
    `{${ONE}, prometheus: {url: "http://prometheus:9090/api/v1"}}`,
    "prometheus/url: RAOS puts the path of the API after this address itself; write it without /api/v1",
  ),
  config(
    `${E}.loki.url`,
    "miss",
    `{${ONE}, loki: {url: "http://loki:3100/loki/api/v1/push"}}`,
    "loki/url: RAOS puts the path of the API after this address itself; write it without /loki/api/v1/push",
  ),
  config(
    `${E}.alertmanager.url`,
    "miss",
    `{${ONE}, alertmanager: {url: "http://alertmanager:9093/#/alerts"}}`,
    "alertmanager/url: RAOS puts the path of the API after this address itself; write it without /#/alerts",
  ),
  silent(
    [
      `${E}.prometheus.**`,
      `${E}.loki.**`,
      `${E}.alertmanager.**`,
      `${E}.kubernetes.**`,
      `${C}.prometheus`,
      `${C}.loki`,
      `${C}.alertmanager`,
    ],
    "moot",
    "an environment's own source wins over the one for all, which is what it is for",
  ),
  silent(
    [
      `${E}.prometheus.datasource`,
      `${E}.prometheus.tenant`,
      `${E}.loki.datasource`,
      `${E}.loki.tenant`,
      `${E}.kubernetes.context`,
    ],
    "miss",
    "only the server or the kubeconfig knows these names, and evidence says what could not be read",
  ),
  config(
    `${E}.cluster`,
    "moot",
    "{environments: [{name: a, cluster: b}]}",
    "environments/0/cluster: only Argo CD has a destination cluster; write delivery: argocd, or remove it",
  ),
  silent(`${E}.cluster`, "miss", "only Argo CD knows which clusters it has"),
  config(
    `${C}.registries`,
    "nothing",
    '{registries: ["ghcr.io/acme/"]}',
    'registries/0: "ghcr.io/acme/" is not a registry or a prefix of one, such as ghcr.io/acme',
  ),
  silent(
    [`${C}.registries`, `${C}.grouping`, `${C}.runtimeImage`],
    "moot",
    "a tenant's registries bound further, and an agent's image wins",
  ),
  config(
    `${C}.runtimeImage`,
    "miss",
    "{runtimeImage: Agent}",
    'runtimeImage: "Agent" is not an image reference; write registry/name:tag or registry/name@sha256:<64 hex digits>',
  ),
  config(
    [`${C}.limits`, `${C}.limits.openPulls`, `${C}.limits.pullsPerHour`],
    "nothing",
    "{limits: {openPulls: 0}}",
    "warning: limits/openPulls: 0 lets RAOS open no pull request at all; write 1 or more",
  ),
  silent(
    [`${C}.limits.openPulls`, `${C}.limits.pullsPerHour`, `${C}.model.budget.turns`, `${C}.model.budget.tokens`],
    "unit",
    "they are counts without a unit",
  ),
  silent(
    [`${C}.limits`, `${C}.limits.openPulls`, `${C}.limits.pullsPerHour`],
    "moot",
    "the first of the limits to be reached holds",
  ),
  config(
    `${C}.schedule.timezone`,
    "miss",
    "{schedule: {timezone: Berlin, windows: [{from: '08:00', to: '17:00'}]}}",
    'schedule/timezone: unknown time zone "Berlin"; write one such as Europe/Berlin',
  ),
  config(
    [`${C}.schedule`, `${C}.schedule.windows`, `${C}.schedule.windows[].from`, `${C}.schedule.windows[].to`],
    "moot",
    "{schedule: {windows: [{from: '08:00', to: '08:00'}]}}",
    "schedule/windows/0/to: the window ends when it starts; write a later time than 08:00",
  ),
  config(
    `${C}.schedule.windows`,
    "nothing",
    "{schedule: {windows: []}}",
    "schedule/windows: an empty list is too short; at least 1 entry",
  ),
  config(
    [`${C}.schedule.windows[].from`, `${C}.schedule.windows[].to`],
    "miss",
    "{schedule: {windows: [{from: '8:00', to: '17:00'}]}}",
    'schedule/windows/0/from: "8:00" is not a time of day; write 08:00',
  ),
  silent(
    [`${C}.schedule.timezone`, `${C}.schedule.windows[].days`],
    "moot",
    "windows add to each other, and all are in this zone",
  ),
  silent(`${C}.generate`, "moot", "either word says where the generated files are, whatever else is said"),
  silent(
    [`${C}.onboarding`, `${C}.onboarding.repositories`],
    "moot",
    "a repository's own file may be an organisation's, which RAOS serves, too",
  ),
  silent(`${C}.fixed`, "moot", "a repository's own file may be an organisation's, which RAOS serves, too"),
  silent(`${C}.dashboard`, "moot", "it shows the whole, whatever else is said"),
  silent(`${C}.labels`, "moot", "GitHub makes no label by itself, and a run says which it does not know"),
  silent(`${C}.reservedLabels`, "moot", "one that ships may be named again, so that it stays when it no longer ships"),
  config(
    `${C}.namespaceLabels`,
    "moot",
    "{namespaceLabels: [team]}",
    "warning: namespaceLabels/0: team is not reserved, so that everybody may set it; see whether it is spelt right",
  ),
  config(
    `${C}.flux.interval`,
    "unit",
    "{flux: {interval: 600}}",
    "flux/interval: 600 is not a string; put it in quotes",
  ),
  config(
    `${C}.flux.interval`,
    "miss",
    "{flux: {interval: 0s}}",
    "flux/interval: 0s is no time at all; write such as 10m",
  ),
  silent(
    [`${C}.flux.**`, `${C}.argocd.**`],
    ["miss", "moot"],
    "who changes the delivery keeps what is said of the other, and only the cluster knows these names",
  ),
  config(
    `${C}.monitoring.dashboardLabel`,
    "miss",
    "{monitoring: {dashboardLabel: grafana dashboard}}",
    "monitoring/dashboardLabel: \"grafana dashboard\" is not a label's name: letters, digits, '-', '_' and '.', such as grafana_dashboard",
  ),
  silent(`${C}.monitoring.**`, "moot", "only the Prometheus and the Grafana of the cluster know what they select by"),
  silent(
    [`${C}.model`, `${C}.model.**`],
    ["miss", "moot"],
    "only the provider knows its models; an investigation says what it could not ask",
  ),
  config(
    `${C}.model.budget.dollarsPerDay`,
    "unit",
    "{model: {name: gpt-5, budget: {dollarsPerDay: -1}}}",
    "model/budget/dollarsPerDay: -1 is too small; at least 0",
  ),
  config(
    `${C}.model.budget.dollarsPerDay`,
    "nothing",
    "{model: {name: gpt-5, budget: {dollarsPerDay: 0}}}",
    "warning: model/budget/dollarsPerDay: 0 lets the model investigate nothing; write more, or remove the model",
  ),
];
