import * as z from "zod";
import { mapOf } from "../values/map-of.ts";
import { DnsLabel, HttpUrl, Image, Labels, Registry } from "../values/scalars.ts";
import { Onboarding, Promotion, VerificationTime } from "./config-rollout.ts";
import { apiVersion, kind, LabelOrDomain, Metadata } from "./kind-header.ts";

const TimeOfDay = z
  .string()
  .max(5)
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time of day; write 08:00");

const Chart = z.union([
  z.strictObject({
    oci: z
      .string()
      .max(512)
      .regex(/^oci:\/\/[^\s@]+$/, "is not an oci:// reference without credentials")
      .describe("The chart in a registry, such as oci://ghcr.io/acme/charts/agent"),
    version: z.string().min(1).max(64).describe("Version of the chart"),
  }),
  z.strictObject({
    path: z
      .string()
      .min(1)
      .max(256)
      .describe("Folder of the chart in this repository; agents are deployed from each tenant's copy of it"),
  }),
]);

/** The value of a header, which cannot hold a line end. */
const SourceTenant = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[!-~]([ -~]*[!-~])?$/, "is not text that a header can hold; write the tenant's id, such as acme");

const LabelName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of a label; write letters, digits and _");

/** Labels of alerts, as Prometheus and Grafana spell them. */
const AlertLabels = mapOf(LabelName, z.string().max(256), 16);

const Url = z.strictObject({ url: HttpUrl.describe("Base URL; credentials come from the process's environment") });

const Source = Url.extend({
  externalLabels: AlertLabels.optional().describe(
    "Labels that this server adds to what it sends on, such as cluster: prod-eu; its own series do not have them, so queries and rules leave them out",
  ),
});

/** Identifier of a data source in Grafana: https://grafana.com/docs/grafana/latest/developers/http_api/data_source/ */
const Datasource = z
  .string()
  .max(40)
  .regex(/^[A-Za-z0-9_-]+$/, "is not the uid of a data source; it is the last part of its address in Grafana");

const Prometheus = Source.extend({
  datasource: Datasource.optional().describe(
    "Uid of this Prometheus among Grafana's data sources, for links; left out: Grafana's default",
  ),
  tenant: SourceTenant.optional().describe(
    "Tenant of Mimir or Cortex (X-Scope-OrgID); a|b reads two of them, where Mimir allows it",
  ),
});

const Loki = Source.extend({
  tenant: SourceTenant.optional().describe("Tenant of Loki (X-Scope-OrgID)"),
  datasource: Datasource.optional().describe(
    "Uid of this Loki among Grafana's data sources, for links; left out: Grafana's default",
  ),
  labels: mapOf(LabelName, LabelName, 16)
    .optional()
    .describe(
      "What this Loki calls the labels that queries name, such as namespace: k8s_namespace_name, pod: k8s_pod_name, container: k8s_container_name for lines that came by OTLP",
    ),
});

const Environment = z.strictObject({
  name: DnsLabel.describe("Name of the environment"),
  alerts: AlertLabels.optional().describe(
    "Labels of this environment's alerts and series, such as cluster: prod-eu: alerts are recognised by them, and queries and rules select by them",
  ),
  prometheus: Prometheus.optional().describe("The Prometheus of this environment; left out: spec.prometheus"),
  loki: Loki.optional().describe("The Loki of this environment; left out: spec.loki"),
  alertmanager: Url.optional().describe("The Alertmanager of this environment; left out: spec.alertmanager"),
  kubernetes: z
    .strictObject({ context: z.string().min(1).max(256).describe("Context of the kubeconfig") })
    .optional()
    .describe("How to read this environment's cluster; left out: the current context"),
  cluster: z.string().max(512).optional().describe("Argo CD: name of the destination cluster; left out: in-cluster"),
});

const Window = z.strictObject({
  days: z
    .array(z.enum(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]))
    .min(1)
    .max(7)
    .optional()
    .describe("Days of the week; left out: all"),
  from: TimeOfDay.describe("Start of the window, such as 08:00"),
  to: TimeOfDay.describe("End of the window, such as 17:30; earlier than its start: on the next day"),
});

const Flux = z.strictObject({
  sourceRef: z
    .strictObject({
      name: DnsLabel.default("flux-system").describe("Name of the GitRepository"),
      namespace: DnsLabel.default("flux-system").describe("Namespace of the GitRepository"),
    })
    .prefault({})
    .describe("The GitRepository that holds this repository"),
  interval: z
    .string()
    .max(32)
    .regex(/^(\d+(ms|s|m|h))+$/, "is not a duration; write 10m")
    .default("10m")
    .describe("How often Flux compares the cluster with the repository"),
});

const ArgoCd = z.strictObject({
  namespace: DnsLabel.default("argocd").describe("Namespace of Argo CD"),
  repoURL: z
    .string()
    .max(512)
    .regex(/^(https?|ssh|file):\/\/[^\s@]+$|^ssh:\/\/git@[^\s@]+$|^git@[^\s@]+$/, "is not a URL without credentials")
    .optional()
    .describe("URL under which Argo CD knows this repository"),
  targetRevision: z.string().max(256).default("HEAD").describe("Branch or tag that Argo CD deploys"),
});

const Monitoring = z.strictObject({
  labels: Labels.default({}).describe(
    "Labels that make Prometheus select monitors and rules, such as release: kube-prometheus-stack",
  ),
  dashboardLabel: z
    .string()
    .max(63)
    .regex(
      /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
      "is not a label's name: letters, digits, '-', '_' and '.', such as grafana_dashboard",
    )
    .default("grafana_dashboard")
    .describe("Label by which Grafana finds dashboards in ConfigMaps"),
});

const Model = z.strictObject({
  name: z.string().min(1).max(128).describe("Model name, as the provider spells it"),
  endpoint: HttpUrl.optional().describe("Base URL of an OpenAI-compatible API"),
  api: z.enum(["responses", "chat"]).default("responses").describe("Which of OpenAI's APIs the endpoint speaks"),
  budget: z
    .strictObject({
      turns: z.int().min(1).max(1000).default(20).describe("Most turns of one investigation"),
      tokens: z.int().min(1).default(100_000).describe("Most tokens of one investigation"),
      dollarsPerDay: z.number().min(0).default(5).describe("Most a day, in US dollars"),
    })
    .prefault({})
    .describe("What investigations may cost"),
});

/** Fields of `spec` that the organisation may fix: all but what is about one repository. */
const FIXABLE = [
  ...([
    "delivery",
    "chart",
    "environments",
    "registries",
    "runtimeImage",
    "generate",
    "dashboard",
    "grouping",
  ] as const),
  ...([
    "promotion",
    "verification",
    "limits",
    "schedule",
    "labels",
    "reservedLabels",
    "namespaceLabels",
    "flux",
    "argocd",
    "monitoring",
  ] as const),
  ...(["prometheus", "alertmanager", "loki", "model"] as const),
] as const;

const Spec = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      "Folder of the repository in which this raos.yaml and all that RAOS reads and writes lie, such as platform; the same as --path; left out: the top",
    ),
  delivery: z.enum(["flux", "argocd"]).default("flux").describe("What deploys merged files"),
  chart: Chart.default({ path: "charts/agent" }).describe(
    "The agent chart: an OCI artifact, or a folder of this repository",
  ),
  environments: z
    .array(Environment)
    .min(1)
    .max(32)
    .default([{ name: "default" }])
    .describe("Where agents run; left out: one, named default"),
  registries: z.array(Registry).max(64).optional().describe("Images of every tenant must come from these"),
  runtimeImage: Image.default("ghcr.io/raos-dev/raos:0.1.0").describe(
    "Image of agents that name none: that of RAOS, which holds the stock agent, from wherever it is mirrored; an image of any other name is started as it is",
  ),
  generate: z
    .enum(["separate", "in-place"])
    .default("separate")
    .describe(
      "Where the files go that a person's pull request leads to: separate, in pull requests after the merge, or in-place, committed to the person's own branch (GitHub App only, never to a fork)",
    ),
  dashboard: z
    .boolean()
    .default(false)
    .describe("Whether one issue shows the whole: what is open, waits, is denied or wrong, with boxes to tick"),
  grouping: z.enum(["agent", "tenant"]).default("agent").describe("What one pull request holds"),
  limits: z
    .strictObject({
      openPulls: z.int().min(0).max(10_000).default(20).describe("Most pull requests open at a time"),
      pullsPerHour: z.int().min(0).max(10_000).default(30).describe("Most pull requests opened in an hour"),
    })
    .prefault({})
    .describe("How many pull requests"),
  schedule: z
    .strictObject({
      timezone: z.string().max(64).default("UTC").describe("IANA time zone, such as Europe/Berlin"),
      windows: z.array(Window).min(1).max(16).describe("When pull requests may be opened"),
    })
    .optional()
    .describe("When new pull requests may be opened; left out: always"),
  labels: z
    .array(z.string().min(1).max(50))
    .max(10)
    .default([])
    .describe("Labels of every pull request; on GitHub they cost a second request each, as reviewers do"),
  reservedLabels: z
    .array(LabelOrDomain)
    .max(256)
    .default([])
    .describe(
      "Labels that no agent and no tenant may set, besides those that ship; example.com/ stands for the domain and all below it",
    ),
  namespaceLabels: z
    .array(LabelOrDomain)
    .max(256)
    .default([])
    .describe("Reserved labels and annotations that tenant files may set on their namespace nevertheless"),
  flux: Flux.prefault({}).describe("How Flux knows this repository"),
  argocd: ArgoCd.prefault({}).describe("How Argo CD knows this repository"),
  monitoring: Monitoring.prefault({}).describe("How Prometheus and Grafana find the objects of agents"),
  prometheus: Prometheus.optional().describe("The Prometheus that has the agents' metrics"),
  alertmanager: Url.optional().describe("The Alertmanager to read active alerts from"),
  loki: Loki.optional().describe("The Loki to read agents' logs from"),
  model: Model.optional().describe("The model that investigates where no rule fits"),
  verification: VerificationTime.prefault({}).describe("How what was merged is looked at once it runs"),
  promotion: Promotion.optional().describe(
    "The order in which environments get a change; left out: one pull request for all of them",
  ),
  onboarding: Onboarding.optional().describe(
    "In the raos.yaml of the organisation's .github repository: where RAOS is introduced without being asked by specs or a topic",
  ),
  fixed: z
    .array(z.enum(FIXABLE))
    .max(FIXABLE.length)
    .default([])
    .describe(
      "In the raos.yaml of the organisation's .github repository: fields that its repositories may not set themselves",
    ),
});

/** raos.yaml: every part of it is optional. */
export const Config = z
  .strictObject({
    apiVersion,
    kind: kind("Config"),
    metadata: Metadata.partial().optional().describe("A name, for tools that need one"),
    spec: Spec.prefault({}).describe("The configuration"),
  })
  .describe("Configuration of RAOS, in raos.yaml");
export type Config = z.infer<typeof Config>;
