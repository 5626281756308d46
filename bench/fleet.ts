import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openRepository, type Repository } from "../src/git/repository.ts";

/** Fleets of any size, made of the agents of fixtures/fleet with other names: the same prose, tools, overlays, peers. */

const FIXTURE = resolve(import.meta.dirname, "../fixtures/fleet");

export interface BenchFleet {
  readonly repository: Repository;
  readonly sha: string;
  /** Texts of the specs, in path order. */
  readonly specs: readonly string[];
  /** The folder that holds the bare repository. */
  readonly folder: string;
}

/** A bare repository with `count` agents in 50 tenants, committed once, in a new temporary folder. */
export async function makeFleet(count: number): Promise<BenchFleet> {
  const folder = mkdtempSync(join(tmpdir(), "raos-bench-"));
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder]);
  const repository = await openRepository(folder, { env: process.env, cache: join(folder, "cache") });
  const specs = specFiles(count);
  const sha = await commitFiles(repository, undefined, fleetFiles(count));
  return { repository, sha, specs: specs.map((file) => file.text), folder };
}

/** What `makeFleet` commits. */
export function fleetFiles(count: number): readonly FileText[] {
  return [...sharedFiles(), ...tenantFiles(), ...specFiles(count)];
}

export interface FileText {
  readonly path: string;
  readonly text: string;
}

/** Commits files on top of `main`, and moves `main` there. */
export async function commitFiles(
  repository: Repository,
  parent: string | undefined,
  files: readonly FileText[],
): Promise<string> {
  const author = { name: "bench", email: "bench@example.com" };
  const parents = parent === undefined ? [] : [parent];
  const [sha = ""] = await repository.writeCommits([
    { parents, files, message: "A fleet", author, at: 1_700_000_000_000 },
  ]);
  await repository.updateRefs([{ ref: "refs/heads/main", old: parent, new: sha }]);
  return sha;
}

const TENANTS = 50;

function tenantName(index: number): string {
  return `tenant-${String(index % TENANTS).padStart(2, "0")}`;
}

function read(path: string): string {
  return readFileSync(join(FIXTURE, path), "utf8");
}

function sharedFiles() {
  const folders = ["templates", "prompts"].flatMap((folder) =>
    readdirSync(join(FIXTURE, folder)).map((name) => `${folder}/${name}`),
  );
  const config = read("raos.yaml").replace(
    /openPulls: \d+, pullsPerHour: \d+/,
    "openPulls: 10000, pullsPerHour: 10000",
  );
  return [{ path: "raos.yaml", text: config }, ...folders.map((path) => ({ path, text: read(path) }))];
}

function tenantFiles() {
  return Array.from({ length: TENANTS }, (_, index) => ({
    path: `tenants/${tenantName(index)}.yaml`,
    text: `apiVersion: raos.dev/v1alpha1\nkind: Tenant\nmetadata: {name: ${tenantName(index)}}\nspec:\n  quota: {cpu: "200", memory: 400Gi, pods: 4000}\n`,
  }));
}

/** The fixture's agents in turn; each keeps its peers, which are the like-numbered agents of its own tenant. */
export function specFiles(count: number) {
  const originals = readdirSync(join(FIXTURE, "agents"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => ({ name: name.slice(name.indexOf("/") + 1, -".yaml".length), text: read(`agents/${name}`) }));
  return Array.from({ length: count }, (_, index) => {
    const group = Math.floor(index / originals.length);
    const original = originals[index % originals.length] ?? { name: "", text: "" };
    const tenant = tenantName(group);
    // A namespace has the components of dapr-agents once.
    const alone =
      group < TENANTS ? original.text : original.text.replace("framework: dapr-agents", "framework: custom");
    const text = alone
      .replace(/^( *(?:metadata: \{)?name: )[a-z-]+/m, (_all, head: string) => `${head}${original.name}-${group}`)
      .replace(/improves: \["support\/\*"\]/, `improves: ["${tenant}/*"]`)
      .replace(/namespace: (support|finance|logistics)\b/, `namespace: ${tenant}`)
      .replace(
        /agent: \{name: ([a-z-]+)(, namespace: [a-z-]+)?\}/g,
        (_all, name: string) => `agent: {name: ${name}-${group}}`,
      );
    return { path: `agents/${tenant}/${original.name}-${group}.yaml`, text };
  });
}
