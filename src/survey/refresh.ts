import { assertInTime } from "../deadline/deadline.ts";
import { rest } from "../deadline/slices.ts";
import { type AgentKey, deployDir, type Fleet } from "../domain/fleet.ts";
import type { Oid, Path } from "../domain/scalars.ts";
import { keyOfPath, type SpecSurvey, type Trees } from "../plan/survey-spec.ts";
import { looksLikeAgent } from "../spec/agent-path.ts";
import { crossCheck } from "./cross-check.ts";
import { presumedFacts } from "./presumed-facts.ts";
import type { PathChange, SpecFile, SpecReader, SurveySource } from "./source.ts";
import type { DriftState, SurveyStore } from "./store.ts";

/** What there is to do before the store stands for the source's commit. */
export type Work =
  | { readonly kind: "everything" }
  | { readonly kind: "some"; readonly changes: readonly PathChange[]; readonly keys: ReadonlySet<AgentKey> };

export interface Place {
  readonly source: SurveySource;
  readonly store: SurveyStore;
  readonly fleet: Fleet;
  readonly environments: readonly string[];
}

interface Context extends Place {
  readonly reader: SpecReader;
}

/** Spec files of one question to a reader. */
const BATCH = 200;

/**
 * Reads what the work names, compares it with the rest of the fleet, compiles it with its callers known, and notes which
 * agents' generated folders differ from what they should be.
 */
export async function refresh(place: Place, work: Work): Promise<void> {
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
  await withReader(place, files.length, (context) => readSome(context, work.keys, rows, gone, files));
}

async function withReader(place: Place, expected: number, work: (context: Context) => Promise<void>): Promise<void> {
  const reader = await place.source.reader({ ...place.fleet, facts: presumedFacts(place.fleet) }, expected);
  try {
    await work({ ...place, reader });
  } finally {
    await reader.close();
  }
}

async function readEverything(context: Context, files: readonly SpecFile[]): Promise<void> {
  const { store, source, fleet, reader, environments } = context;
  await readAll(context, files);
  await crossCheck(store.doubtful(), store, source, fleet);
  const deployed = await source.deployed("all", environments);
  const known = new Set(store.keys());
  const removed = new Set([...deployed.keys()].map(keyOfFolder).filter((key) => !known.has(key)));
  for (const keys of batches([...removed])) {
    store.transaction(() => {
      for (const key of keys) store.setDrift(key, driftOf(key, undefined, deployed, context));
    });
    await rest();
  }
  const called = new Set(store.called());
  let last: Path = "";
  const lane = async () => {
    for (;;) {
      const batch = store.compilable(last, BATCH);
      if (batch.length === 0) return;
      assertInTime();
      last = batch.at(-1)?.path ?? last;
      const callers = new Map(batch.filter(({ key }) => called.has(key)).map(({ key }) => [key, store.callersOf(key)]));
      const trees = await reader.compile(batch, callers);
      store.transaction(() => {
        for (const { key, path } of batch) store.setDrift(key, driftOf(key, trees.get(path), deployed, context));
      });
    }
  };
  await Promise.all(Array.from({ length: reader.lanes }, lane));
}

/** Reads what changed, then looks again at everyone who is called by, calls, or is named like what changed. */
async function readSome(
  context: Context,
  keys: ReadonlySet<AgentKey>,
  before: readonly SpecSurvey[],
  gone: ReadonlySet<Path>,
  files: readonly SpecFile[],
): Promise<void> {
  const { store, source, fleet, reader, environments } = context;
  const around = new Set(keys);
  for (const key of keys) {
    for (const near of neighbours(key, store)) around.add(near);
    await rest();
  }
  for (const paths of batches([...gone])) {
    store.transaction(() => {
      for (const path of paths) store.remove(path);
    });
    await rest();
  }
  await readAll(context, files);
  const after = [...keys].flatMap((key) => store.rowsOf(key));
  for (const callee of [...before, ...after].flatMap((row) => row.facts?.calls ?? [])) around.add(callee);
  for (const key of keys) {
    for (const near of [...neighbours(key, store), ...store.callersOf(key)]) around.add(near);
    await rest();
  }
  await crossCheck([...around], store, source, fleet);
  const whole = [...around].flatMap((key) => store.rowsOf(key)).filter((row) => isCompilable(row, store));
  const callers = new Map(whole.map(({ key }) => [key, store.callersOf(key)]));
  const trees = await reader.compile(whole, callers);
  const deployed = await source.deployed([...around], environments);
  const byKey = new Map(whole.map(({ key, path }) => [key, trees.get(path)]));
  for (const some of batches([...around])) {
    store.transaction(() => {
      for (const key of some) store.setDrift(key, driftOf(key, byKey.get(key), deployed, context));
    });
    await rest();
  }
}

/** Some at a time: a transaction is not interrupted. */
function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += BATCH) yield all.slice(start, start + BATCH);
}

function isCompilable(row: SpecSurvey, store: SurveyStore): boolean {
  return row.facts !== undefined && store.crossed(row.path).length === 0;
}

function neighbours(key: AgentKey, store: SurveyStore): readonly AgentKey[] {
  const folded = store.claimants(key).map(keyOfPath);
  const facts = store.facts(key);
  if (facts === undefined) return folded;
  return [...folded, ...store.sameAppId(facts.namespace, key.slice(key.indexOf("/") + 1))];
}

/** Reads with every lane of the reader busy, and stores what comes back, one transaction a batch. */
async function readAll({ reader, store }: Context, files: readonly SpecFile[]): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < files.length) {
      assertInTime();
      const batch = files.slice(next, next + BATCH);
      next += BATCH;
      const rows = await reader.read(batch);
      store.transaction(() => {
        for (const row of rows) store.put(row);
      });
    }
  };
  await Promise.all(Array.from({ length: reader.lanes }, lane));
}

/** `trees` undefined: nothing can be compiled for it now. Only where no file claims the agent is it removed. */
function driftOf(
  key: AgentKey,
  trees: Trees | undefined,
  deployed: ReadonlyMap<Path, Oid>,
  { store, environments }: Context,
): DriftState | undefined {
  const held = environments.filter((environment) => deployed.has(deployDir(environment, key)));
  if (trees === undefined) return held.length > 0 && store.claimants(key).length === 0 ? "removed" : undefined;
  const isSame = environments.every((environment) => deployed.get(deployDir(environment, key)) === trees[environment]);
  if (isSame) return undefined;
  return held.length === 0 ? "new" : "changed";
}

function keyOfFolder(path: Path): AgentKey {
  return path.split("/").slice(2).join("/");
}
