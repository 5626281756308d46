import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toolPath } from "../../../tools/find.ts";
import { ask, type Opinion } from "../process/ask.ts";
import { temporaryFolder } from "../process/loopback.ts";

interface Rendering {
  /** The folder of the chart. */
  readonly chart: string;
  /** The values as YAML, as `--values` takes them. */
  readonly values?: string;
  /** The name of the release; `test` where it is left out. */
  readonly release?: string;
  readonly namespace?: string;
  /** Which Helm renders; 4 where it is left out. */
  readonly version?: "helm" | "helm3";
}

/** A cluster whose API server is asked, by its kubeconfig. */
interface Cluster {
  readonly kubeconfig: string;
}

/** The manifests that `helm template` renders. Throws what Helm says where it does not render. */
export async function helmTemplate(rendering: Rendering): Promise<string> {
  const { chart, release = "test", namespace = "default" } = rendering;
  const { ok, output } = await helm(rendering, ["template", release, chart, "--namespace", namespace]);
  if (!ok) throw new Error(output);
  return output;
}

/** What `helm lint --strict` says of a chart with these values. */
export function helmLint(rendering: Rendering): Promise<Opinion> {
  const { chart, namespace = "default" } = rendering;
  return helm(rendering, ["lint", "--strict", chart, "--namespace", namespace]);
}

/**
 * What `helm install` says that it would do, with the notes at its end: of a cluster, its API server checks each object; of none,
 * nothing is asked.
 */
export function helmInstallDryRun(rendering: Rendering & Partial<Cluster>): Promise<Opinion> {
  const { chart, release = "test", namespace = "default", kubeconfig } = rendering;
  const how = kubeconfig === undefined ? "client" : "server";
  return helm(rendering, ["install", release, chart, "--namespace", namespace, `--dry-run=${how}`]);
}

/** Runs Helm apart from the settings and plugins of whoever runs the tests. */
async function helm(
  { values, version = "helm", kubeconfig }: Rendering & Partial<Cluster>,
  args: readonly string[],
): Promise<Opinion> {
  const folder = await temporaryFolder();
  try {
    const file = join(folder.path, "values.yaml");
    if (values !== undefined) await writeFile(file, values);
    const env = {
      PATH: process.env.PATH,
      HOME: folder.path,
      HELM_CACHE_HOME: join(folder.path, "cache"),
      HELM_CONFIG_HOME: join(folder.path, "config"),
      HELM_DATA_HOME: join(folder.path, "data"),
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    };
    return await ask(toolPath(version), [...args, ...(values === undefined ? [] : ["--values", file])], { env });
  } finally {
    await folder.remove();
  }
}
