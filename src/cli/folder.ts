import { resolve } from "node:path";
import type { Snapshot } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import { byPlace } from "../domain/problem.ts";
import type { Path } from "../domain/scalars.ts";
import { emptyForge } from "../forge/empty.ts";
import type { Forge } from "../forge/forge.ts";
import { workingSnapshot } from "../git/working-snapshot.ts";
import { loadPolicies } from "../load-policies.ts";
import { type FleetReading, readFleet } from "../spec/read-fleet.ts";
import { SurveyStore } from "../survey/store.ts";
import { surveyMemory } from "../survey/survey.ts";
import { folderView } from "../survey/view.ts";
import { type Opened, shippedPolicies } from "./open-world.ts";
import { outsideOf } from "./outside.ts";
import type { Shell } from "./shell.ts";

/** Working files of a folder that a reading needs: everything but what lies in folders of other purposes. */
export function loadFolder(shell: Shell, folder: string): Promise<Snapshot> {
  return workingSnapshot(resolve(shell.cwd, folder), shell.env, isRead);
}

/** Specs, shared files, policies and generated files; prompts may lie anywhere, so whatever else looks like text. */
function isRead(path: Path): boolean {
  return (
    /^(raos\.|agents\/|tenants\/|templates\/|policies\/|deploy\/)/.test(path) ||
    /\.(md|txt|prompt|j2|tmpl|ya?ml|json)$/i.test(path)
  );
}

/** The fleet in a folder, and every Problem of its specs, shared files and policies, sorted. */
export async function readFolder(
  shell: Shell,
  folder: string,
): Promise<FleetReading & { readonly snapshot: Snapshot }> {
  const snapshot = await loadFolder(shell, folder);
  const reading = readFleet(snapshot);
  const own = policyFiles(snapshot);
  const policies = loadPolicies(await shippedPolicies(), own);
  const problems: Problem[] = [...reading.problems, ...policies.problems].sort(byPlace);
  return { ...reading, problems, snapshot };
}

function policyFiles(snapshot: Snapshot) {
  const paths = [...snapshot.list("policies")].filter((path) => /\.(yaml|yml|json)$/.test(path));
  return paths.map((path) => ({ path, bytes: snapshot.read(path) }));
}

/** A folder as a world whose forge holds nothing: what would be opened if the folder were committed as it is. */
export async function folderWorld(shell: Shell, folder: string): Promise<Opened<Forge>> {
  const snapshot = await loadFolder(shell, folder);
  const forge = emptyForge(snapshot.sha);
  const store = new SurveyStore(":memory:");
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const world = {
    forge,
    store,
    memory: surveyMemory(),
    lookedAt: new Map(),
    settled: new Map(),
    shippedPolicies: await shippedPolicies(),
    log,
    now: shell.now,
    ...outsideOf(shell, { wait: true, silent: true }),
    look: async () => folderView(snapshot),
  };
  return { world, forge, close: async () => store.close() };
}
