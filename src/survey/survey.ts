import { compileTenant } from "../compile/index.ts";
import { inSlices, rest } from "../deadline/slices.ts";
import { type AgentKey, type Fleet, type SharedInputs, tenantFiles } from "../domain/fleet.ts";
import { blobOid } from "../domain/object-id.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { Path, Sha } from "../domain/scalars.ts";
import { readingShared, type SharedReading } from "../spec/read-shared.ts";
import { affectedBy } from "./affected.ts";
import { coldTurn } from "./cold-turn.ts";
import { configDigest } from "./config-digest.ts";
import { type Last, last } from "./last.ts";
import { refresh, type Work } from "./refresh.ts";
import type { DeployedTenants, SurveySource } from "./source.ts";
import { type DriftState, MemoError, type SurveyStore } from "./store.ts";

/** The state of a whole repository, in terms of what its generated files should be. */
export interface Survey {
  readonly sha: Sha;
  readonly fleet: Fleet;
  /** Every environment that raos.yaml names or deploy/ holds. */
  readonly environments: readonly string[];
  /** Problems by agent; those of shared files (raos.yaml, tenants, templates) under the key "". Sorted. */
  readonly problems: readonly { readonly key: AgentKey; readonly problems: readonly Problem[] }[];
  /** Agents whose generated folders are not what they should be; read when asked for, since there may be very many. */
  drifts(): readonly { readonly key: AgentKey; readonly state: DriftState }[];
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
 * commit: spec files that changed, agents that share a changed input, and agents called by those. A memo that turns out
 * to be damaged, or cannot be written any more, is made anew, and the survey starts over, once.
 */
export async function survey(
  source: SurveySource,
  store: SurveyStore,
  memory: SurveyMemory = surveyMemory(),
): Promise<Survey | Unreadable> {
  try {
    store.assertOurs();
    return await surveyWith(source, store, memory);
  } catch (error) {
    if (!(error instanceof MemoError)) throw error;
    store.renew(error);
    return surveyWith(source, store, memory);
  }
}

async function surveyWith(
  source: SurveySource,
  store: SurveyStore,
  memory: SurveyMemory,
): Promise<Survey | Unreadable> {
  const { key, load } = await source.shared();
  const { reading, config } = await memory.shared(key, async () => {
    const snapshot = await load();
    return { reading: await inSlices(readingShared(snapshot)), config: configDigest(snapshot) };
  });
  const { shared, problems, usable } = reading;
  if (!usable) return { kind: "unreadable", problems };
  const fleet = fleetOf(shared, store);
  const held = await source.deployedTenants();
  const tenants = await memory.tenants(held.key, () => held.load());
  const named = shared.config.spec.environments.map((environment) => environment.name);
  const environments = [...named, ...[...tenants.keys()].filter((name) => !named.includes(name)).sort()];
  const work = await workSince(source, store, config);
  if (work !== undefined) {
    store.unmark();
    const read = () => refresh({ source, store, fleet, environments }, work);
    await (work.kind === "everything" ? coldTurn(read) : read());
    store.setMark({ sha: source.sha, config });
  }
  const wanted = [...shared.tenants.keys()].filter((tenant) => store.hasAgents(tenant));
  const drifted = () => tenantDrifts(fleet, wanted, tenants);
  return {
    sha: source.sha,
    fleet,
    environments,
    problems: [
      ...(problems.length === 0 ? [] : [{ key: "", problems: problems.toSorted(byPlace) }]),
      ...store.problems(),
    ],
    drifts: () => store.drifts(),
    tenantDrifts: await memory.drifts([key, held.key, ...wanted].join("\n"), drifted),
    pathOf: (agent) => store.rowsOf(agent)[0]?.path,
  };
}

async function workSince(source: SurveySource, store: SurveyStore, config: string): Promise<Work | undefined> {
  const mark = store.mark();
  if (mark === undefined || mark.config !== config) return { kind: "everything" };
  if (mark.sha === source.sha) return undefined;
  const changes = await source.changedSince(mark.sha);
  if (changes === undefined) return { kind: "everything" };
  return { kind: "some", changes, keys: await affectedBy(changes, store) };
}

/** A tenant is deployed for its agents: one without any has no objects, and one whose file is broken keeps what it has. */
async function tenantDrifts(
  fleet: Fleet,
  wanted: readonly string[],
  deployed: DeployedTenants,
): Promise<readonly string[]> {
  const held = [...deployed.values()].flatMap((tenants) =>
    [...tenants].filter(([, files]) => files.size > 0).map(([name]) => name),
  );
  const whole = [...new Set([...held, ...wanted])].filter((tenant) => fleet.broken?.tenants.has(tenant) !== true);
  const isWanted = new Set(wanted);
  const drifted: string[] = [];
  for (const tenant of whole) {
    if (tenantDrifted(tenant, fleet, isWanted.has(tenant), deployed)) drifted.push(tenant);
    await rest();
  }
  return drifted.sort();
}

function tenantDrifted(tenant: string, fleet: Fleet, wanted: boolean, deployed: DeployedTenants): boolean {
  const files = wanted ? compileTenant(tenant, fleet) : new Map<Path, string>();
  const named = fleet.config.spec.environments.map((environment) => environment.name);
  return [...new Set([...deployed.keys(), ...named])].some((environment) =>
    tenantFiles(environment, tenant).some((file) => {
      const text = files.get(file);
      return (text === undefined ? undefined : blobOid(text)) !== deployed.get(environment)?.get(tenant)?.get(file);
    }),
  );
}

function fleetOf(shared: SharedInputs, store: SurveyStore): Fleet {
  return {
    ...shared,
    facts: { get: (key) => store.facts(key) },
    callers: { get: (key) => store.callersOf(key) },
  };
}
