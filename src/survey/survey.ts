import { compileTenant } from "../compile/index.ts";
import { type AgentKey, deployDir, type Fleet, type SharedInputs, tenantFile } from "../domain/fleet.ts";
import { blobOid } from "../domain/object-id.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { Path, Sha } from "../domain/scalars.ts";
import { keyOfPath, type SpecSurvey } from "../plan/survey-spec.ts";
import { looksLikeAgent } from "../spec/agent-path.ts";
import { readShared, type SharedReading } from "../spec/read-shared.ts";
import { affectedBy } from "./affected.ts";
import { configDigest } from "./config-digest.ts";
import { crossCheck } from "./cross-check.ts";
import { type Last, last } from "./last.ts";
import { presumedFacts } from "./presumed-facts.ts";
import type { DeployedTenants, PathChange, SpecFile, SpecReader, SurveySource } from "./source.ts";
import type { DriftState, SurveyStore } from "./store.ts";

/** The state of a whole repository, in terms of what its generated files should be. */
export interface Survey {
  readonly sha: Sha;
  readonly fleet: Fleet;
  /** Every environment that raos.yaml names or deploy/ holds. */
  readonly environments: readonly string[];
  /** Problems by agent; those of shared files (raos.yaml, tenants, templates) under the key "". Sorted. */
  readonly problems: readonly { readonly key: AgentKey; readonly problems: readonly Problem[] }[];
  readonly drifts: readonly { readonly key: AgentKey; readonly state: DriftState }[];
  /** Tenants whose own objects differ from the tree. */
  readonly tenantDrifts: readonly string[];
  /** The spec file of an agent, or undefined where it has none. */
  pathOf(key: AgentKey): Path | undefined;
}

/** raos.yaml cannot be read: nothing else may be concluded from the repository. */
export interface Unreadable {
  readonly kind: "unreadable";
  readonly problems: readonly Problem[];
}

/** What a process remembers of a repository between two surveys, besides the store. */
export interface SurveyMemory {
  readonly shared: Last<SharedState>;
  readonly tenants: Last<DeployedTenants>;
  readonly drifts: Last<readonly string[]>;
}

interface SharedState {
  readonly reading: SharedReading;
  /** Digest of raos.yaml and the program. */
  readonly config: string;
}

export function surveyMemory(): SurveyMemory {
  return { shared: last(), tenants: last(), drifts: last() };
}

/**
 * Brings the store to the source's commit and answers with what drifted. The cost follows what changed since the store's
 * commit: spec files that changed, agents that share a changed input, and agents called by those.
 */
export async function survey(
  source: SurveySource,
  store: SurveyStore,
  memory: SurveyMemory = surveyMemory(),
): Promise<Survey | Unreadable> {
  const { key, load } = await source.shared();
  const { reading, config } = await memory.shared(key, async () => {
    const snapshot = await load();
    return { reading: readShared(snapshot), config: configDigest(snapshot) };
  });
  const { shared, problems, usable } = reading;
  if (!usable) return { kind: "unreadable", problems };
  const fleet = fleetOf(shared, store);
  const held = await source.deployedTenants();
  const tenants = await memory.tenants(held.key, () => held.load());
  const named = shared.config.spec.environments.map((environment) => environment.name);
  const environments = [...named, ...[...tenants.keys()].filter((name) => !named.includes(name)).sort()];
  const work = await workSince(source, store, config);
  if (work.kind !== "none") {
    store.unmark();
    await refresh({ source, store, fleet, environments }, work);
    store.setMark({ sha: source.sha, config });
  }
  const wanted = [...shared.tenants.keys()].filter((tenant) => store.hasAgents(tenant));
  const drifted = async () => tenantDrifts(fleet, wanted, tenants);
  return {
    sha: source.sha,
    fleet,
    environments,
    problems: [
      ...(problems.length === 0 ? [] : [{ key: "", problems: problems.toSorted(byPlace) }]),
      ...store.problems(),
    ],
    drifts: store.drifts(),
    tenantDrifts: await memory.drifts([key, held.key, ...wanted].join("\n"), drifted),
    pathOf: (agent) => store.rowsOf(agent)[0]?.path,
  };
}

type Work =
  | { readonly kind: "none" }
  | { readonly kind: "everything" }
  | { readonly kind: "some"; readonly changes: readonly PathChange[]; readonly keys: ReadonlySet<AgentKey> };

async function workSince(source: SurveySource, store: SurveyStore, config: string): Promise<Work> {
  const mark = store.mark();
  if (mark === undefined || mark.config !== config) return { kind: "everything" };
  if (mark.sha === source.sha) return { kind: "none" };
  const changes = await source.changedSince(mark.sha);
  if (changes === undefined) return { kind: "everything" };
  return { kind: "some", changes, keys: affectedBy(changes, store) };
}

interface Place {
  readonly source: SurveySource;
  readonly store: SurveyStore;
  readonly fleet: Fleet;
  readonly environments: readonly string[];
}

interface Context extends Place {
  readonly reader: SpecReader;
}

const NO_CALLERS: ReadonlyMap<AgentKey, readonly AgentKey[]> = new Map();

/** Spec files of one question to a reader. */
const BATCH = 200;

async function refresh(place: Place, work: Exclude<Work, { kind: "none" }>): Promise<void> {
  if (work.kind === "everything") {
    place.store.clear();
    const files = await place.source.specs();
    await withReader(place, files.length, (context) => readEverything(context, files));
    return;
  }
  const rows = [...work.keys].flatMap((key) => place.store.rowsOf(key));
  const changed = new Map(
    work.changes.filter(({ path }) => looksLikeAgent(path)).map(({ path, after }) => [path, after]),
  );
  const paths = new Set([...rows.map((row) => row.path), ...changed.keys()]);
  const kept = rows.filter((row) => !changed.has(row.path)).map(({ path, oid }) => ({ path, oid }));
  const files = [...kept, ...[...changed].flatMap(([path, oid]) => (oid === undefined ? [] : [{ path, oid }]))];
  await withReader(place, files.length, (context) => readSome(context, work.keys, rows, paths, files));
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
  const { store, source, fleet } = context;
  await readAll(context, files);
  await crossCheck(store.doubtful(), store, source, fleet);
  await recompile(context, store.called());
  await compare(context, "all");
}

/** Reads what changed, then looks again at everyone who is called by, calls, or is named like what changed. */
async function readSome(
  context: Context,
  keys: ReadonlySet<AgentKey>,
  before: readonly SpecSurvey[],
  paths: ReadonlySet<Path>,
  files: readonly SpecFile[],
): Promise<void> {
  const { store, source, fleet } = context;
  const around = new Set(keys);
  for (const key of keys) for (const near of neighbours(key, store)) around.add(near);
  store.transaction(() => {
    for (const path of paths) store.remove(path);
  });
  await readAll(context, files);
  const after = [...keys].flatMap((key) => store.rowsOf(key));
  for (const callee of [...before, ...after].flatMap((row) => row.facts?.calls ?? [])) around.add(callee);
  for (const key of keys) for (const near of [...neighbours(key, store), ...store.callersOf(key)]) around.add(near);
  await crossCheck([...around], store, source, fleet);
  const read = new Set(files.map((file) => file.path));
  await recompile(
    context,
    [...around].filter(
      (key) => store.callersOf(key).length > 0 || store.rowsOf(key).some((row) => !read.has(row.path)),
    ),
  );
  await compare(context, [...around]);
}

function neighbours(key: AgentKey, store: SurveyStore): readonly AgentKey[] {
  const facts = store.facts(key);
  const folded = store.claimants(key).map(keyOfPath);
  return facts === undefined
    ? folded
    : [...folded, ...store.sameAppId(facts.namespace, key.slice(key.indexOf("/") + 1))];
}

/** Reads with every lane of the reader busy, and stores what comes back, one transaction a batch. */
async function readAll({ reader, store }: Context, files: readonly SpecFile[]): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < files.length) {
      const batch = files.slice(next, next + BATCH);
      next += BATCH;
      const rows = await reader.survey(batch, NO_CALLERS);
      store.transaction(() => {
        for (const row of rows) store.put(row);
      });
    }
  };
  await Promise.all(Array.from({ length: reader.lanes }, lane));
}

/** Agents that are called compile differently: the callee's access control names its callers. */
async function recompile(context: Context, keys: readonly AgentKey[]): Promise<void> {
  const { store, reader } = context;
  for (let start = 0; start < keys.length; start += 1024) {
    const callers = new Map<AgentKey, readonly AgentKey[]>();
    const files: SpecFile[] = [];
    for (const key of keys.slice(start, start + 1024)) {
      callers.set(key, store.callersOf(key));
      files.push(...store.rowsOf(key).map((row) => ({ path: row.path, oid: row.oid })));
    }
    const size = Math.ceil(files.length / reader.lanes);
    const parts = Array.from({ length: reader.lanes }, (_, lane) => files.slice(lane * size, (lane + 1) * size));
    const rows = await Promise.all(parts.filter((part) => part.length > 0).map((part) => reader.survey(part, callers)));
    store.transaction(() => {
      for (const row of rows.flat()) store.setTrees(row.path, row.trees);
    });
  }
}

/** Notes which agents' generated folders differ from what they should be. */
async function compare(context: Context, keys: readonly AgentKey[] | "all"): Promise<void> {
  const { store, source, environments } = context;
  const deployed = await source.deployed(keys, environments);
  const gone = keys === "all" ? [...deployed.keys()].map(keyOfFolder) : [];
  const all = keys === "all" ? new Set([...store.keys(), ...gone]) : new Set(keys);
  store.transaction(() => {
    for (const key of all) store.setDrift(key, driftOf(key, deployed, context));
  });
}

function driftOf(
  key: AgentKey,
  deployed: ReadonlyMap<Path, string>,
  { store, environments }: Context,
): DriftState | undefined {
  const rows = store.rowsOf(key);
  const held = environments.filter((environment) => deployed.has(deployDir(environment, key)));
  const [row] = rows;
  if (row === undefined) return held.length > 0 && store.claimants(key).length === 0 ? "removed" : undefined;
  if (row.facts === undefined || rows.length > 1 || store.crossed(row.path).length > 0) return undefined;
  const same = environments.every(
    (environment) => deployed.get(deployDir(environment, key)) === row.trees[environment],
  );
  if (same) return undefined;
  return held.length === 0 ? "new" : "changed";
}

function keyOfFolder(path: Path): AgentKey {
  return path.split("/").slice(2).join("/");
}

/** A tenant is deployed for its agents: one without any has no objects, and one whose file is broken keeps what it has. */
function tenantDrifts(fleet: Fleet, wanted: readonly string[], deployed: DeployedTenants): readonly string[] {
  const held = [...deployed.values()].flatMap((tenants) =>
    [...tenants].filter(([, oid]) => oid !== undefined).map(([name]) => name),
  );
  const whole = [...new Set([...held, ...wanted])].filter((tenant) => fleet.broken?.tenants.has(tenant) !== true);
  return whole.filter((tenant) => tenantDrifted(tenant, fleet, wanted.includes(tenant), deployed)).sort();
}

function tenantDrifted(tenant: string, fleet: Fleet, wanted: boolean, deployed: DeployedTenants): boolean {
  const files = wanted ? compileTenant(tenant, fleet) : new Map<Path, string>();
  const environments = new Set([
    ...deployed.keys(),
    ...fleet.config.spec.environments.map((environment) => environment.name),
  ]);
  return [...environments].some((environment) => {
    const text = files.get(tenantFile(environment, tenant));
    return (text === undefined ? undefined : blobOid(text)) !== deployed.get(environment)?.get(tenant);
  });
}

function fleetOf(shared: SharedInputs, store: SurveyStore): Fleet {
  return {
    ...shared,
    facts: { get: (key) => store.facts(key) },
    callers: { get: (key) => store.callersOf(key) },
  };
}
