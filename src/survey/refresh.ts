import { assertInTime } from "../deadline/deadline.ts";
import { yieldToOthers } from "../deadline/slices.ts";
import { nameOf } from "../domain/agent-key.ts";
import { type AgentKey, deployDir, type Fleet } from "../domain/fleet.ts";
import type { Oid, Path } from "../domain/values/scalars.ts";
import { keyOfPath, type SpecSurvey, type Trees } from "../plan/survey-spec.ts";
import { looksLikeAgent } from "../spec/read/agent-path.ts";
import { crossCheck } from "./cross-check.ts";
import type { DriftState, SurveyStore } from "./memo/store.ts";
import { assumeFacts } from "./presumed-facts.ts";
import type { PathChange, SpecFile, SpecReader, SurveySource } from "./source/source.ts";
import { standingFactsOf } from "./standing.ts";

/** Which spec files have to be read so that the store is up to date with the source's commit. */
export type RefreshScope =
  | { readonly kind: "everything" }
  | { readonly kind: "some"; readonly changes: readonly PathChange[]; readonly keys: ReadonlySet<AgentKey> };

export interface RefreshTarget {
  readonly source: SurveySource;
  readonly store: SurveyStore;
  readonly fleet: Fleet;
  readonly environments: readonly string[];
}

interface Context extends RefreshTarget {
  readonly reader: SpecReader;
}

/** Spec files of one call to a reader. */
const BATCH = 200;

/**
 * Reads the spec files in the scope, compares them with the rest of the fleet, compiles them with their callers known, and
 * stores which agents' generated folders differ from what they should be.
 */
export async function refresh(place: RefreshTarget, work: RefreshScope): Promise<void> {
  if (work.kind === "everything") {
    place.store.clear();
    const files = await place.source.specs();
    await withReader(place, files.length, (context) => readEverything(context, files));
    return;
  }
  const rows = [...work.keys].flatMap((key) => place.store.rowsOf(key));
  const specs = work.changes.filter(({ path }) => looksLikeAgent(path));
  const changed = new Map(specs.map(({ path, after }) => [path, after]));
  const kept = rows.filter((row) => !changed.has(row.path)).map(({ path, oid }) => ({ path, oid }));
  const files = [...kept, ...[...changed].flatMap(([path, oid]) => (oid === undefined ? [] : [{ path, oid }]))];
  const gone = new Set([...rows.map((row) => row.path), ...changed.keys()]);
  await withReader(place, files.length, (context) => readChanged(context, work.keys, rows, gone, files));
}

async function withReader(
  place: RefreshTarget,
  expected: number,
  work: (context: Context) => Promise<void>,
): Promise<void> {
  const reader = await place.source.reader({ ...place.fleet, facts: assumeFacts(place.fleet) }, expected);
  try {
    await work({ ...place, reader });
  } finally {
    await reader.close();
  }
}

async function readEverything(context: Context, files: readonly SpecFile[]): Promise<void> {
  const { store, source, fleet, reader, environments } = context;
  await readAll(context, files);
  await crossCheck(store.agents.keysToCompare(), store, source, fleet);
  const deployed = await source.deployed("all", environments);
  const known = new Set(store.agents.keys());
  const removed = new Set([...deployed.keys()].map(keyOfFolder).filter((key) => !known.has(key)));
  for (const keys of batches([...removed])) {
    store.transaction(() => {
      for (const key of keys) store.setDrift(key, driftOf(key, undefined, deployed, context));
    });
    await yieldToOthers();
  }
  const called = new Set(store.agents.calledAgents());
  let last: Path = "";
  const lane = async () => {
    for (;;) {
      const batch = store.compilable(last, BATCH);
      if (batch.length === 0) return;
      assertInTime();
      last = batch.at(-1)?.path ?? last;
      const callers = new Map(
        batch.filter(({ key }) => called.has(key)).map(({ key }) => [key, store.agents.callersOf(key)]),
      );
      const trees = await reader.compile(batch, callers);
      store.transaction(() => {
        for (const { key, path } of batch) store.setDrift(key, driftOf(key, trees.get(path), deployed, context));
      });
    }
  };
  await Promise.all(Array.from({ length: reader.lanes }, lane));
}

/** Reads the changed files, then checks every agent again that calls a changed one, is called by it, or has a similar name. */
async function readChanged(
  context: Context,
  keys: ReadonlySet<AgentKey>,
  before: readonly SpecSurvey[],
  gone: ReadonlySet<Path>,
  files: readonly SpecFile[],
): Promise<void> {
  const { store, source, fleet, reader, environments } = context;
  const around = new Set(keys);
  const stood = standingOf(keys, store);
  for (const key of keys) {
    for (const near of similarlyNamed(key, store)) around.add(near);
    await yieldToOthers();
  }
  for (const paths of batches([...gone])) {
    store.transaction(() => {
      for (const path of paths) store.remove(path);
    });
    await yieldToOthers();
  }
  await readAll(context, files);
  const after = [...keys].flatMap((key) => store.rowsOf(key));
  const standing = [...stood, ...standingOf(keys, store)];
  for (const callee of [...[...before, ...after].flatMap((row) => row.facts?.calls ?? []), ...standing])
    around.add(callee);
  for (const key of keys) {
    for (const near of [...similarlyNamed(key, store), ...store.agents.callersOf(key)]) around.add(near);
    await yieldToOthers();
  }
  // A Problem may suggest an agent that is new, or gone now.
  for (const key of store.keysWithCrossProblems()) around.add(key);
  await crossCheck([...around], store, source, fleet);
  const compilable = [...around].flatMap((key) => store.rowsOf(key)).filter((row) => isCompilable(row, store));
  const callers = new Map(compilable.map(({ key }) => [key, store.agents.callersOf(key)]));
  const trees = await reader.compile(compilable, callers);
  const deployed = await source.deployed([...around], environments);
  const byKey = new Map(compilable.map(({ key, path }) => [key, trees.get(path)]));
  for (const some of batches([...around])) {
    store.transaction(() => {
      for (const key of some) store.setDrift(key, driftOf(key, byKey.get(key), deployed, context));
    });
    await yieldToOthers();
  }
}

/** Small batches, since a transaction blocks all other work. */
function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += BATCH) yield all.slice(start, start + BATCH);
}

/** Whom agents call that only stand for what they were. */
function standingOf(keys: ReadonlySet<AgentKey>, store: SurveyStore): readonly AgentKey[] {
  return [...keys].flatMap((key) => store.standing(key)?.calls ?? []);
}

function isCompilable(row: SpecSurvey, store: SurveyStore): boolean {
  return row.facts !== undefined && store.crossProblems(row.path).length === 0;
}

function similarlyNamed(key: AgentKey, store: SurveyStore): readonly AgentKey[] {
  const folded = store.agents.claimants(key).map(keyOfPath);
  const facts = store.facts(key);
  if (facts === undefined) return folded;
  const sameComponents = facts.daprAgents === undefined ? [] : store.agents.daprAgents(facts.namespace);
  return [...folded, ...store.agents.keysOfAppId(facts.namespace, nameOf(key)), ...sameComponents];
}

/** Reads with every lane of the reader busy, and stores each batch in one transaction. */
async function readAll(
  { reader, store, source, fleet, environments }: Context,
  files: readonly SpecFile[],
): Promise<void> {
  let next = 0;
  const inputs = { source, shared: fleet, environments };
  const lane = async () => {
    while (next < files.length) {
      assertInTime();
      const batch = files.slice(next, next + BATCH);
      next += BATCH;
      const rows = await reader.read(batch);
      const standing = await Promise.all(rows.map((row) => standingFactsOf(row, inputs)));
      store.transaction(() => {
        for (const row of rows) store.put(row);
        for (const facts of standing) if (facts !== undefined) store.putStanding(facts);
      });
    }
  };
  await Promise.all(Array.from({ length: reader.lanes }, lane));
}

/** `trees` undefined: the agent cannot be compiled now. It counts as removed only where no file defines it. */
function driftOf(
  key: AgentKey,
  trees: Trees | undefined,
  deployed: ReadonlyMap<Path, Oid>,
  { store, environments }: Context,
): DriftState | undefined {
  const deployedIn = environments.filter((environment) => deployed.has(deployDir(environment, key)));
  if (trees === undefined)
    return deployedIn.length > 0 && store.agents.claimants(key).length === 0 ? "removed" : undefined;
  const isSame = environments.every((environment) => deployed.get(deployDir(environment, key)) === trees[environment]);
  if (isSame) return undefined;
  return deployedIn.length === 0 ? "new" : "changed";
}

function keyOfFolder(path: Path): AgentKey {
  return path.split("/").slice(2).join("/");
}
