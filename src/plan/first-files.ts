import { rootObjects } from "../compile/index.ts";
import { Config } from "../domain/kinds/kinds.ts";
import type { Path } from "../domain/values/scalars.ts";
import { inheritFields, isLeftToRepositories, type OrganisationFields } from "../spec/read/organisation-config.ts";
import { readYaml } from "../spec/yaml/read-yaml.ts";

/** What a first raos.yaml says. */
export interface FirstConfig {
  readonly delivery: { readonly kind: "flux" } | { readonly kind: "argocd"; readonly repoURL: string };
  readonly chart:
    | { readonly kind: "copied" }
    | { readonly kind: "registry"; readonly oci: string; readonly version: string };
  readonly environments: readonly string[];
  /** The folder in its repository; "" is the top. */
  readonly folder: Path;
  /** Whether schema/raos.json is there, so that editors check the files. */
  readonly hasSchema: boolean;
  /** The raos.yaml of the organisation: what it says is not said again. Left out: nothing is inherited. */
  readonly inherits?: OrganisationFields | undefined;
}

/** The first raos.yaml and what points the clusters at it, by path; or what is wrong with a value. */
export type FirstFiles =
  | { readonly kind: "files"; readonly config: Config; readonly files: ReadonlyMap<Path, string> }
  | { readonly kind: "invalid"; readonly message: string };

/** The files that make a repository RAOS's: `raos init` writes them, and the onboarding pull request proposes them. */
export function firstFiles(first: FirstConfig): FirstFiles {
  const said = saidBy(first);
  const text = raosYaml(first, said);
  const parsed = Config.safeParse(first.inherits === undefined ? configOf(first) : inherited(text, first.inherits));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.slice(1).join(".")}: ${issue.message}`);
    return { kind: "invalid", message: issues.join("; ") };
  }
  const files = new Map([["raos.yaml", text], ...rootObjects(parsed.data)]);
  return { kind: "files", config: parsed.data, files };
}

/** A first tenant file. `hasSchema` as in `FirstConfig`. */
export function firstTenant(tenant: string, hasSchema: boolean): string {
  return `${schemaLine("../schema/raos.json", hasSchema)}apiVersion: raos.dev/v1alpha1
kind: Tenant
metadata:
  name: ${word(tenant)}
spec:
  quota: {cpu: "8", memory: 16Gi, pods: 40}
`;
}

function configOf({ delivery, chart, environments, folder }: FirstConfig): unknown {
  return {
    apiVersion: "raos.dev/v1alpha1",
    kind: "Config",
    spec: {
      delivery: delivery.kind,
      ...(chart.kind === "copied" ? {} : { chart: { oci: chart.oci, version: chart.version } }),
      environments: environments.map((name) => ({ name })),
      ...(folder === "" ? {} : { path: folder }),
      ...(delivery.kind === "flux" ? {} : { argocd: { repoURL: delivery.repoURL } }),
    },
  };
}

/** Which of the fields that an organisation may say this raos.yaml says itself. */
type Said = Readonly<Record<"delivery" | "chart" | "environments", boolean>>;

function saidBy({ inherits }: FirstConfig): Said {
  const isOwn = (field: keyof Said) => inherits === undefined || isLeftToRepositories(field, inherits);
  return { delivery: isOwn("delivery"), chart: isOwn("chart"), environments: isOwn("environments") };
}

function inherited(text: string, { fields }: OrganisationFields): unknown {
  const [own] = readYaml("raos.yaml", Buffer.from(text)).documents;
  return own && inheritFields(own, fields);
}

function raosYaml({ delivery, chart, environments, folder, hasSchema }: FirstConfig, said: Said): string {
  const place =
    chart.kind === "copied"
      ? "{path: charts/agent}"
      : `{oci: ${JSON.stringify(chart.oci)}, version: ${JSON.stringify(chart.version)}}`;
  const fields = [
    ...(folder === "" ? [] : [`  path: ${JSON.stringify(folder)}`]),
    ...(said.delivery ? [`  delivery: ${delivery.kind}`] : []),
    ...(said.chart ? [`  chart: ${place}`] : []),
    ...(said.environments ? ["  environments:", ...environments.map((name) => `    - name: ${word(name)}`)] : []),
    ...(delivery.kind === "flux" ? [] : ["  argocd:", `    repoURL: ${JSON.stringify(delivery.repoURL)}`]),
  ];
  return [
    `${schemaLine("schema/raos.json", hasSchema)}apiVersion: raos.dev/v1alpha1`,
    "kind: Config",
    ...(fields.length === 0 ? ["spec: {}"] : ["spec:", ...fields]),
    "",
  ].join("\n");
}

/** A name as a YAML string: one such as 007 would be a number without quotes. */
function word(name: string): string {
  return /^[a-z][a-z0-9-]*$/.test(name) && !/^(true|false|null)$/.test(name) ? name : JSON.stringify(name);
}

function schemaLine(path: Path, hasSchema: boolean): string {
  return hasSchema ? `# yaml-language-server: $schema=${path}\n` : "";
}
