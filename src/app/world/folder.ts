import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DIGEST_KEY } from "../../domain/deployed/values-digest.ts";
import type { Snapshot } from "../../domain/fleet.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { pathOfOrganisation } from "../../domain/kinds/organisation-path.ts";
import type { Problem } from "../../domain/problem.ts";
import { blobOid } from "../../domain/values/object-id.ts";
import type { Json, Path } from "../../domain/values/scalars.ts";
import { emptyForge } from "../../forge/empty.ts";
import type { Forge } from "../../forge/forge.ts";
import { workingSnapshot } from "../../git/objects/working-snapshot.ts";
import { documentsOf, loadPolicies, policyFilesIn } from "../../pass/load-policies.ts";
import { policyWarnings } from "../../pass/policy-warnings.ts";
import { layoutProblems } from "../../spec/check/check-layout.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import { placeEnvironments } from "../../spec/problems/misspelt-environment.ts";
import { chartPathIn } from "../../spec/read/read-chart.ts";
import { type FleetReading, readFleet } from "../../spec/read/read-fleet.ts";
import { readConfig } from "../../spec/read/read-shared.ts";
import { unknownValues } from "../../spec/schema/unknown-values.ts";
import { SurveyStore } from "../../survey/memo/store.ts";
import { folderView } from "../../survey/source/commit-view.ts";
import { shipped } from "../package-root.ts";
import { type Shell, UsageError } from "../shell.ts";
import { createWorld } from "./create-world.ts";
import type { Opened } from "./open-world.ts";
import { createRemoteServices } from "./remote-services.ts";
import { shippedPolicies } from "./shipped-policies.ts";

/** The working files of a folder that RAOS reads: those of `isRead`, and its chart. */
async function loadFolder(shell: Shell, folder: string, organisation?: string): Promise<Snapshot> {
  const root = resolve(shell.cwd, folder);
  const chart = chartPathIn(await readFile(join(root, "raos.yaml")).catch(() => undefined));
  const snapshot = await workingSnapshot(root, shell.env, (path) => isRead(path) || path.startsWith(`${chart}/`));
  return organisation === undefined ? snapshot : withOrganisation(snapshot, resolve(shell.cwd, organisation));
}

/** The files of a folder with the organisation's, which is in a file elsewhere. Throws UsageError where it cannot be read. */
async function withOrganisation(snapshot: Snapshot, file: string): Promise<Snapshot> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`--organisation-config: ${error instanceof Error ? error.message : String(error)}`);
  });
  const path = pathOfOrganisation("organisation");
  return {
    sha: snapshot.sha,
    oid: (one) => (one === path ? blobOid(bytes) : snapshot.oid(one)),
    list: (prefix) => (prefix === "" ? [...snapshot.list(""), path].sort() : snapshot.list(prefix)),
    read: (one) => (one === path ? bytes : snapshot.read(one)),
  };
}

/** Whether RAOS reads the file: specs, shared files, policies, generated files, and every text file that may be a prompt. */
function isRead(path: Path): boolean {
  return (
    /^(raos\.|agents\/|tenants\/|templates\/|models\/|policies\/|deploy\/)/.test(path) ||
    /\.(md|txt|prompt|j2|tmpl|ya?ml|json)$/i.test(path)
  );
}

/**
 * The fleet in a folder, and every Problem of its specs, shared files and policies, sorted. Throws GitError where there is no
 * such folder.
 */
export async function readFolder(
  shell: Shell,
  folder: string,
  organisation?: string,
): Promise<FleetReading & { readonly snapshot: Snapshot }> {
  const snapshot = await loadFolder(shell, folder, organisation);
  const reading = readFleet(snapshot);
  const [standard, own] = [await shippedPolicies(), policyFilesIn(snapshot)];
  const policies = loadPolicies(standard, own);
  const layout = layoutProblems(snapshot, isRead, reading.fleet.config);
  const { agents, fleet } = reading;
  const placed = placeEnvironments(reading.problems, agents.values(), fleet, snapshot);
  const problems = groupProblems([...layout, ...placed, ...policies.problems]);
  const doubts = policyWarnings(documentsOf(own).documents, documentsOf(standard).documents, fleet.config);
  return {
    ...reading,
    problems,
    warnings: groupProblems([...reading.warnings, ...doubts, ...(await chartWarnings(snapshot, fleet.config))]),
    snapshot,
  };
}

/**
 * What is no mistake, but a person should know of the folder: that its chart refuses values that this RAOS writes for some agents.
 */
async function chartWarnings(snapshot: Snapshot, { spec }: Config): Promise<readonly Problem[]> {
  const path = "path" in spec.chart ? `${spec.chart.path}/values.schema.json` : undefined;
  if (path === undefined || snapshot.oid(path) === undefined) return [];
  const known = parseJson(await readFile(shipped("charts", "agent", "values.schema.json")));
  // The digest is written only where the chart knows it.
  const unknown = unknownValues(known, parseJson(snapshot.read(path))).filter((name) => name !== DIGEST_KEY);
  const [first] = unknown;
  if (first === undefined) return [];
  const more = unknown.length === 1 ? "" : `, and ${unknown.length - 1} more`;
  const message = `does not know ${first}${more}, which this RAOS may write: Helm would refuse an agent that uses it; raos init --upgrade brings the chart up to date`;
  return [{ file: path, line: 1, column: 1, pointer: "", message }];
}

function parseJson(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** A folder as a world, and what is wrong with it as a whole. */
export interface OpenedFolder extends Opened<Forge> {
  readonly layout: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** A folder as a world with an empty forge: shows what would be opened if the folder were committed as it is. */
export async function folderWorld(shell: Shell, folder: string, organisation?: string): Promise<OpenedFolder> {
  const snapshot = await loadFolder(shell, folder, organisation);
  const forge = emptyForge(snapshot.sha);
  const store = new SurveyStore(":memory:");
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const world = await createWorld(shell, {
    forge,
    store,
    log,
    ...createRemoteServices(shell, { wait: true }),
    viewCommit: async () => folderView(snapshot),
  });
  const config = readConfig(snapshot).value;
  return {
    world,
    forge,
    layout: layoutProblems(snapshot, isRead, config),
    warnings: await chartWarnings(snapshot, config),
    beside: async () => world,
    close: async () => store.close(),
  };
}
