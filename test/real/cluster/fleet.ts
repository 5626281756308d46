import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { serveGit } from "../../servers/git-http.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { writeKubeconfigs } from "../kubernetes/kubeconfig.ts";
import type { Cluster } from "./cluster.ts";
import { deployFrom } from "./deploy-from.ts";

/** A row of `raos status`, as far as tests read it. */
export interface StatusRow {
  readonly agent: string;
  readonly environment: string;
  readonly phase: string;
  readonly reason?: string;
  readonly verdict?: string;
  readonly pull?: number;
}

/** Which repository is made, and who deploys it. */
export interface FleetOptions {
  /** The tenant; Flux's objects of this fleet are in a namespace of the same name with `-flux` behind it. */
  readonly tenant: string;
  /** The cluster of each environment. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  /** Further lines of raos.yaml's spec. */
  readonly config?: readonly string[];
  /** More of an environment, by its name: fields of a flow mapping. */
  readonly environments?: Readonly<Record<string, string>>;
  /** What deploys; Flux, where it is left out. The test plays Argo CD, which is pointed at nothing. */
  readonly delivery?: "argocd";
  /** Where RAOS is served, where Flux is to tell it about roll-outs. */
  readonly notify?: string;
}

/** How long it is waited for a cluster to show something. Generous: the machine may be busy. */
const PATIENCE = 240_000;

/**
 * A repository as `raos init` makes it, with one agent, hello, that the real Flux of each environment's cluster deploys over HTTP. All
 * is done by the commands that people type. For a test.
 */
export async function clusterFleet(options: FleetOptions) {
  const { tenant, clusters, notify } = options;
  const namespace = `${tenant}-flux`;
  const place = fleetClone(null);
  const env = { KUBECONFIG: await writeKubeconfigs(temporaryFolder(), clusters) };
  const host = await serveGit(dirname(place.bare));
  onTestFinished(() => host.close());
  let later = 0;
  const now = () => Date.now() + later;

  async function cli(...args: readonly string[]): Promise<string> {
    const ran = await raos(place.clone, args, env, now);
    expect(ran.err).toBe("");
    return ran.out;
  }
  const inRepository = (...args: readonly string[]) => cli(...args, "--repo", place.bare);

  place.write({ "raos.yaml": raosYaml(options, namespace) });
  const argocd =
    options.delivery === "argocd" ? ["--delivery", "argocd", "--repo-url", "https://git.example.com/fleet"] : [];
  await cli("init", ".", "--tenant", tenant, ...argocd, ...(notify === undefined ? [] : ["--notify", notify]));
  place.git("add", "--all");
  place.git("commit", "--quiet", "--message=raos init");
  place.git("push", "--quiet", "origin", "HEAD:main");
  for (const [environment, cluster] of options.delivery === "argocd" ? [] : Object.entries(clusters)) {
    const folder = join(place.clone, "clusters", environment);
    const manifests = readdirSync(folder).map((file) => place.read(`clusters/${environment}/${file}`));
    await deployFrom(cluster, {
      url: `${host.url}/${basename(place.bare)}`,
      branch: "main",
      manifests,
      timeout: "25s",
    });
  }

  async function status(environment: string): Promise<StatusRow> {
    const ran = await inRepository("status", "--environment", environment, "--output", "json");
    const rows: readonly StatusRow[] = JSON.parse(ran);
    const row = rows.find(({ agent }) => agent === `${tenant}/hello`);
    if (row === undefined) throw new Error(`raos status has no ${tenant}/hello in ${environment}`);
    return row;
  }

  /** Waits until `raos status` says what is wanted of the agent in an environment. */
  async function until(environment: string, holds: (row: StatusRow) => boolean): Promise<StatusRow> {
    const patience = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const row = await status(environment);
      if (holds(row)) return row;
      if (patience.aborted) throw new Error(`${JSON.stringify(row)}\n${clusters[environment]?.log().slice(-8000)}`);
      await sleep(500);
    }
  }

  /** One pass; returns what it did: cause, kind and reason of each step. */
  async function pass(): Promise<readonly string[]> {
    const outcomes: readonly { readonly cause: string; readonly kind: string; readonly reason?: string }[] = JSON.parse(
      await inRepository("reconcile", "--output", "json"),
    );
    return outcomes.map(({ cause, kind, reason = "" }) => [cause, kind, reason].join(" ").trim());
  }

  return {
    place,
    env,
    namespace,
    /** Lets RAOS' clock go ahead of the cluster's. */
    wait(milliseconds: number) {
      later += milliseconds;
    },
    now,
    cli: inRepository,
    status,
    until,
    /** Waits until `raos status` says one of some phases of the agent in an environment. */
    untilPhase: (environment: string, ...phases: readonly string[]) =>
      until(environment, ({ phase }) => phases.includes(phase)),
    pass,
    /** Runs passes until one does this. */
    async untilPass(step: string): Promise<void> {
      const patience = AbortSignal.timeout(PATIENCE);
      for (let done = await pass(); !done.includes(step); done = await pass()) {
        if (patience.aborted) throw new Error(`no pass did "${step}"; the last did ${done.join(", ")}`);
        await sleep(500);
      }
    },
    /** The numbers of the open pull requests, by their branches. */
    async open(): Promise<Readonly<Record<string, number>>> {
      const pulls: readonly { readonly number: number; readonly branch: string }[] = JSON.parse(
        await inRepository("pr", "list", "--output", "json"),
      );
      return Object.fromEntries(pulls.map(({ number, branch }) => [branch, number]));
    },
    /** Merges pull requests as a person does, and brings the clone up to date. */
    async merge(...numbers: readonly number[]): Promise<void> {
      for (const number of numbers) await inRepository("pr", "merge", String(number));
      place.git("pull", "--quiet", "origin", "main");
    },
  };
}

export type ClusterFleet = Awaited<ReturnType<typeof clusterFleet>>;

function raosYaml(options: FleetOptions, namespace: string): string {
  const { clusters, config = [], environments = {}, delivery } = options;
  return [
    "apiVersion: raos.dev/v1alpha1",
    "kind: Config",
    "spec:",
    `  delivery: ${delivery ?? "flux"}`,
    "  chart: {path: charts/agent}",
    delivery === "argocd"
      ? '  argocd: {repoURL: "https://git.example.com/fleet"}'
      : `  flux: {sourceRef: {name: flux-system, namespace: ${namespace}}}`,
    "  limits: {openPulls: 100, pullsPerHour: 100}",
    "  environments:",
    ...Object.keys(clusters).map((name) => {
      const more = environments[name];
      return `    - {name: ${name}, kubernetes: {context: ${name}}${more === undefined ? "" : `, ${more}`}}`;
    }),
    ...config.map((line) => `  ${line}`),
    "",
  ].join("\n");
}
