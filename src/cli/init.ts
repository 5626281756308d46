import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Command, Option } from "commander";
import { copyShippedChart, isChartOutdated } from "../app/chart/shipped-chart.ts";
import { type ExitCode, OutsideError, type Shell, UsageError } from "../app/shell.ts";
import { rootObjects } from "../compile/index.ts";
import type { Config } from "../domain/kinds/kinds.ts";
import { gitEnvironment } from "../git/git-place.ts";
import { runBareGit } from "../git/run-git.ts";
import { type FirstConfig, firstFiles, firstTenant } from "../plan/first-files.ts";
import { jsonSchemas } from "../spec/schema/schema.ts";
import { type ExistingRepository, existingRepository } from "./init/existing-repository.ts";
import { notificationFiles } from "./init/notification-files.ts";
import { addUpgradeOptions, assertUpgradeFlags, runUpgrade, type UpgradeFlags } from "./upgrade/upgrade.ts";

interface Options extends UpgradeFlags {
  readonly delivery: "flux" | "argocd";
  readonly chart?: string;
  readonly chartVersion?: string;
  readonly repoUrl?: string;
  /** The folder's path in its repository, where it is not the top. */
  readonly path?: string;
  /** Left out: demo, or none where the folder has tenants. */
  readonly tenant?: string;
  readonly environments?: string;
  /** Where RAOS is served. */
  readonly notify?: string;
}

/**
 * `raos init [folder]`: the first raos.yaml, tenant and agent of a repository; files that exist are kept. With --upgrade, only the
 * chart is brought up to date.
 */
export function initCommand(shell: Shell, exit: (code: ExitCode) => void): Command {
  return addUpgradeOptions(new Command("init"))
    .argument("[folder]", "folder of the repository", ".")
    .addOption(new Option("--delivery <tool>", "what deploys merged files").choices(["flux", "argocd"]).default("flux"))
    .option(
      "--chart <oci>",
      "take the agent chart from this OCI registry, oci://…; left out: it is copied into charts/agent",
    )
    .option("--chart-version <version>", "version of the chart in the registry")
    .option("--repo-url <url>", "Argo CD: URL under which it knows this repository")
    .option("--path <folder>", "path of the folder in its repository; left out: what Git says, else it is the top")
    .option("--tenant <name>", "name of the first tenant, or of a further one; left out: demo, where there is none yet")
    .option(
      "--environments <names>",
      "comma-separated names of the environments; left out: those of raos.yaml, or staging,production",
    )
    .option(
      "--notify <address>",
      "Flux: also write the objects that tell RAOS at this address at once about roll-outs, https://raos.acme.example",
    )
    .action(async (folder: string, given: Options) => {
      assertUpgradeFlags(given);
      if (given.upgrade === true) return exit(await runUpgrade(shell, folder, given));
      const root = resolve(shell.cwd, folder);
      const path = given.path ?? (await pathInGit(shell, root));
      const options = path === "" ? given : { ...given, path };
      const existing = await existingRepository(root, shell.env);
      const { config, files } = filesOf(options, existing);
      const notify = options.notify === undefined ? [] : await notificationFiles(shell, root, config, options.notify);
      try {
        for (const [path, text] of [...files, ...notify]) await writeNew(shell, root, path, text);
        if (
          existing === undefined
            ? options.chart === undefined
            : "path" in existing.config.spec.chart && existing.config.spec.chart.path === "charts/agent"
        )
          await copyChart(shell, root);
      } catch (error) {
        throw new OutsideError(`cannot write to ${root}: ${error instanceof Error ? error.message : String(error)}`);
      }
      shell.out(nextSteps(options, config));
      exit(0);
    });
}

/** What is to be there. Where raos.yaml is there already, it says for which environments, and which tool. */
function filesOf(
  options: Options,
  existing: ExistingRepository | undefined,
): { readonly config: Config; readonly files: ReadonlyMap<string, string> } {
  const tenant = tenantFilesOf(options, existing);
  const schema = ["schema/raos.json", `${JSON.stringify(jsonSchemas().raos, null, 2)}\n`] as const;
  if (existing !== undefined) {
    if (options.environments !== undefined)
      throw new UsageError(
        "there is a raos.yaml already: write the environments into it, then run raos init without --environments",
      );
    return { config: existing.config, files: new Map([...tenant, schema, ...rootObjects(existing.config)]) };
  }
  const first = firstFiles(firstConfigOf(options));
  if (first.kind === "invalid") throw new UsageError(first.message);
  const [config = ["raos.yaml", ""] as const, ...others] = first.files;
  return { config: first.config, files: new Map([config, ...tenant, schema, ...others]) };
}

/** A tenant with an agent: the one that is named, or the first of the folder. Throws UsageError where its name is none. */
function tenantFilesOf(
  options: Options,
  existing: ExistingRepository | undefined,
): readonly (readonly [string, string])[] {
  const tenant = options.tenant ?? (existing?.hasTenants === true ? undefined : "demo");
  if (tenant === undefined) return [];
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(tenant))
    throw new UsageError(`"${tenant}" is not a tenant name: lower-case letters, digits and '-'`);
  return [
    [`tenants/${tenant}.yaml`, firstTenant(tenant, true)],
    [`agents/${tenant}/hello.yaml`, agentYaml(tenant)],
  ];
}

function firstConfigOf({ delivery, chart, chartVersion, repoUrl, path, environments }: Options): FirstConfig {
  if (chart !== undefined && chartVersion === undefined) throw new UsageError("--chart needs --chart-version");
  if (delivery === "argocd" && repoUrl === undefined)
    throw new UsageError("--delivery argocd needs --repo-url, the URL under which Argo CD knows this repository");
  return {
    delivery: delivery === "flux" ? { kind: delivery } : { kind: delivery, repoURL: repoUrl ?? "" },
    chart: chart === undefined ? { kind: "copied" } : { kind: "registry", oci: chart, version: chartVersion ?? "" },
    environments: (environments ?? "staging,production").split(",").map((name) => name.trim()),
    folder: path ?? "",
    hasSchema: true,
  };
}

/** The path of a folder in the repository that it is in; empty at its top, and where there is none. */
async function pathInGit({ env }: Shell, folder: string): Promise<string> {
  const parent = [folder, dirname(folder)].find((one) => existsSync(one)) ?? folder;
  const found = await runBareGit(gitEnvironment(env, "none", { "safe.directory": "*" }), parent, [
    "rev-parse",
    "--show-prefix",
  ]).catch(() => undefined);
  const prefix = found?.stdout.toString("utf8").trim().replace(/\/$/, "") ?? "";
  return found === undefined || parent === folder ? prefix : join(prefix, basename(folder));
}

function agentYaml(tenant: string): string {
  return `# yaml-language-server: $schema=../../schema/raos.json
apiVersion: raos.dev/v1alpha1
kind: Agent
metadata:
  name: hello
  namespace: ${tenant}
spec:
  description: Says hello
  instructions:
    inline: Greet the user.
  model:
    name: gpt-5-mini
    apiKeySecretRef: {name: llm, key: key}
  supervision:
    # What RAOS may propose by itself when an alert fires; without this, it opens issues only.
    allowedPaths: [/spec/runtime/resources, /spec/scaling]
`;
}

async function writeNew(shell: Shell, root: string, path: string, text: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, text, { flag: "wx" });
    shell.out(`wrote ${path}\n`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    shell.out(`kept  ${path}\n`);
  }
}

async function copyChart(shell: Shell, root: string): Promise<void> {
  const target = join(root, "charts", "agent");
  if (existsSync(target)) {
    const isOld = await isChartOutdated(target);
    shell.out(`kept  charts/agent/${isOld ? "; this RAOS ships a newer chart: raos init --upgrade" : ""}\n`);
    return;
  }
  await copyShippedChart(target);
  shell.out("wrote charts/agent/\n");
}

function nextSteps(options: Options, { spec }: Config): string {
  const apply =
    options.delivery === "flux"
      ? "the Kustomization in clusters/<environment>/"
      : "the root Application in clusters/<environment>/";
  return `
Next:
  raos validate                  check what was written; run it in CI too
  raos plan                      see what would be generated
  git add . && git commit        then: raos reconcile --repo . opens the first pull request
  Point each cluster at ${apply}; it deploys what is merged.
${options.notify === undefined ? "" : notifySteps(spec.flux.sourceRef.namespace)}`;
}

function notifySteps(namespace: string): string {
  return `
To be told about roll-outs, start RAOS with ROLLOUTS_SECRET, and run for each cluster:
  kubectl create secret generic raos-rollouts --namespace ${namespace} --from-literal=token="$ROLLOUTS_SECRET"
  kubectl apply -f clusters/<environment>/notifications.yaml
`;
}
