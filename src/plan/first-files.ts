import { rootObjects } from "../compile/index.ts";
import { Config } from "../domain/kinds/kinds.ts";
import type { Path } from "../domain/values/scalars.ts";

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
}

/** The first raos.yaml and what points the clusters at it, by path; or what is wrong with a value. */
export type FirstFiles =
  | { readonly kind: "files"; readonly config: Config; readonly files: ReadonlyMap<Path, string> }
  | { readonly kind: "invalid"; readonly message: string };

/** The files that make a repository RAOS's: `raos init` writes them, and the onboarding pull request proposes them. */
export function firstFiles(first: FirstConfig): FirstFiles {
  const parsed = Config.safeParse(configOf(first));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.slice(1).join(".")}: ${issue.message}`);
    return { kind: "invalid", message: issues.join("; ") };
  }
  const files = new Map([["raos.yaml", raosYaml(first)], ...rootObjects(parsed.data)]);
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

function raosYaml({ delivery, chart, environments, folder, hasSchema }: FirstConfig): string {
  const { kind } = chart;
  const place =
    kind === "copied"
      ? "{path: charts/agent}"
      : `{oci: ${JSON.stringify(chart.oci)}, version: ${JSON.stringify(chart.version)}}`;
  return [
    `${schemaLine("schema/raos.json", hasSchema)}apiVersion: raos.dev/v1alpha1`,
    "kind: Config",
    "spec:",
    ...(folder === "" ? [] : [`  path: ${JSON.stringify(folder)}`]),
    `  delivery: ${delivery.kind}`,
    `  chart: ${place}`,
    "  environments:",
    ...environments.map((name) => `    - name: ${word(name)}`),
    ...(delivery.kind === "flux" ? [] : ["  argocd:", `    repoURL: ${JSON.stringify(delivery.repoURL)}`]),
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
