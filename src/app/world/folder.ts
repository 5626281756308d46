import { resolve } from "node:path";
import type { Snapshot } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { emptyForge } from "../../forge/empty.ts";
import type { Forge } from "../../forge/forge.ts";
import { workingSnapshot } from "../../git/objects/working-snapshot.ts";
import { documentsOf, loadPolicies, policyFilesIn } from "../../pass/load-policies.ts";
import { policyWarnings } from "../../pass/policy-warnings.ts";
import { layoutProblems } from "../../spec/check/check-layout.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import { placeEnvironments } from "../../spec/problems/misspelt-environment.ts";
import { type FleetReading, readFleet } from "../../spec/read/read-fleet.ts";
import { readConfig } from "../../spec/read/read-shared.ts";
import { SurveyStore } from "../../survey/memo/store.ts";
import { folderView } from "../../survey/source/commit-view.ts";
import type { Shell } from "../shell.ts";
import { createWorld } from "./create-world.ts";
import type { Opened } from "./open-world.ts";
import { createRemoteServices } from "./remote-services.ts";
import { shippedPolicies } from "./shipped-policies.ts";

/** The working files of a folder that RAOS reads. */
function loadFolder(shell: Shell, folder: string): Promise<Snapshot> {
  return workingSnapshot(resolve(shell.cwd, folder), shell.env, isRead);
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
): Promise<FleetReading & { readonly snapshot: Snapshot }> {
  const snapshot = await loadFolder(shell, folder);
  const reading = readFleet(snapshot);
  const [shipped, own] = [await shippedPolicies(), policyFilesIn(snapshot)];
  const policies = loadPolicies(shipped, own);
  const layout = layoutProblems(snapshot, isRead, reading.fleet.config);
  const { agents, fleet } = reading;
  const placed = placeEnvironments(reading.problems, agents.values(), fleet, snapshot);
  const problems = groupProblems([...layout, ...placed, ...policies.problems]);
  const doubts = policyWarnings(documentsOf(own).documents, documentsOf(shipped).documents, fleet.config);
  return { ...reading, problems, warnings: groupProblems([...reading.warnings, ...doubts]), snapshot };
}

/** A folder as a world, and what is wrong with it as a whole. */
export interface OpenedFolder extends Opened<Forge> {
  readonly layout: readonly Problem[];
}

/** A folder as a world with an empty forge: shows what would be opened if the folder were committed as it is. */
export async function folderWorld(shell: Shell, folder: string): Promise<OpenedFolder> {
  const snapshot = await loadFolder(shell, folder);
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
  return {
    world,
    forge,
    layout: layoutProblems(snapshot, isRead, readConfig(snapshot).value),
    close: async () => store.close(),
  };
}
