import { compileTenant } from "../compile/index.ts";
import { inSlices, yieldToOthers } from "../deadline/slices.ts";
import { chartDir } from "../domain/deployed/deploy-path.ts";
import { type WantedCopy, wantedCopy } from "../domain/deployed/wanted-copy.ts";
import { type AgentKey, type Fleet, type SharedInputs, tenantFiles } from "../domain/fleet.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import { blobOid } from "../domain/values/object-id.ts";
import type { Oid, Path, Sha } from "../domain/values/scalars.ts";
import { type ChartReading, missingChart, readChart } from "../spec/read/read-chart.ts";
import { readingShared, type SharedReading } from "../spec/read/read-shared.ts";
import { findAffectedAgents } from "./affected-agents.ts";
import { readLastNamespaces } from "./last-namespaces.ts";
import { configDigest } from "./memo/config-digest.ts";
import { MemoError } from "./memo/memo-error.ts";
import type { DriftState, SurveyStore } from "./memo/store.ts";
import { type RefreshScope, refresh } from "./refresh.ts";
import { type LastValue, rememberLast } from "./remember-last.ts";
import type { DeployedTenants, SurveySource } from "./source/source.ts";
import { limitFullSurveys } from "./threads/full-survey-limit.ts";

/** Which generated files of a repository are not what they should be. */
export interface Survey {
  readonly sha: Sha;
  readonly fleet: Fleet;
  /** Every environment in raos.yaml or below deploy/. */
  readonly environments: readonly string[];
  /** Problems by agent; those of shared files (raos.yaml, tenants, templates, Models) under the key "". Sorted. */
  readonly problems: readonly { readonly key: AgentKey; readonly problems: readonly Problem[] }[];
  /** Agents whose generated folders are not what they should be; read on each call, since there may be very many. */
  drifts(): readonly { readonly key: AgentKey; readonly state: DriftState }[];
  /** Tenants whose own objects differ from the tree. */
  readonly driftedTenants: readonly string[];
  /** The spec file of an agent, or undefined where it has none. */
  pathOf(key: AgentKey): Path | undefined;
}

/** raos.yaml cannot be read, so nothing else can be read from the repository. */
export interface UnreadableRepository {
  readonly kind: "unreadable";
  readonly problems: readonly Problem[];
}

/** What a process keeps in memory of a repository between two surveys. */
export interface SurveyMemory {
  readonly shared: LastValue<SharedState>;
  readonly chart: LastValue<ChartReading>;
  readonly tenants: LastValue<DeployedTenants>;
  readonly drifts: LastValue<readonly string[]>;
}

interface SharedState {
  readonly reading: SharedReading;
  /** Digest of raos.yaml and the program. */
  readonly config: string;
}

/** An empty memory. */
export function createSurveyMemory(): SurveyMemory {
  return { shared: rememberLast(), chart: rememberLast(), tenants: rememberLast(), drifts: rememberLast() };
}

/**
 * Updates the store to the source's commit and returns what drifted. The cost depends on what changed since the store's
 * commit: changed spec files, agents that share a changed input, and agents that those call. Where the memo proves to be
 * damaged, or cannot be written any more, the survey starts over once with an empty one. Throws GitError; MemoError where that
 * fails again.
 */
export async function survey(
  source: SurveySource,
  store: SurveyStore,
  memory: SurveyMemory = createSurveyMemory(),
): Promise<Survey | UnreadableRepository> {
  try {
    store.assertUnchanged();
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
): Promise<Survey | UnreadableRepository> {
  const { key, load } = await source.shared();
  const { reading, config } = await memory.shared(key, async () => {
    const snapshot = await load();
    return { reading: await inSlices(readingShared(snapshot, source.below)), config: configDigest(snapshot) };
  });
  const { shared, problems, usable } = reading;
  if (!usable) return { kind: "unreadable", problems };
  const held = await source.deployedTenants();
  const tenants = await memory.tenants(held.key, () => held.load());
  const lastNamespaces = await readLastNamespaces(shared, tenants, source);
  const chart = await readChartOf(shared, source, memory, tenants);
  const fleet = fleetOf({ ...shared, chart: chart.copy, lastNamespaces }, store);
  const named = shared.config.spec.environments.map((environment) => environment.name);
  const environments = [...named, ...[...tenants.keys()].filter((name) => !named.includes(name)).sort()];
  // Values hold their digest or not, by the chart.
  const stamp = chart.copy?.knowsDigest === true ? `${config} digest` : config;
  const work = await findRefreshScope(source, store, stamp);
  if (work !== undefined) {
    store.clearMark();
    const read = () => refresh({ source, store, fleet, environments }, work);
    await (work.kind === "everything" ? limitFullSurveys(read) : read());
    store.setMark({ sha: source.sha, config: stamp });
  }
  const wanted = [...shared.tenants.keys()].filter((tenant) => store.agents.hasAgents(tenant));
  // Agents without their tenant's file have Problems and run on, and so the tenant's objects stay.
  const orphaned = [...lastNamespaces.keys()].filter((tenant) => store.agents.keysOfTenant(tenant, 1).length > 0);
  const drifted = () =>
    tenantDrifts(fleet, wanted, tenants, new Set([...(shared.broken?.tenants.keys() ?? []), ...orphaned]));
  const wrong = [...problems, ...chart.problems];
  return {
    sha: source.sha,
    fleet,
    environments,
    problems: [...(wrong.length === 0 ? [] : [{ key: "", problems: wrong.toSorted(byPlace) }]), ...store.problems()],
    drifts: () => store.drifts(),
    driftedTenants: await memory.drifts(
      [key, held.key, chart.copy?.tree ?? "-", ...wanted, "", ...orphaned].join("\n"),
      drifted,
    ),
    pathOf: (agent) => store.rowsOf(agent)[0]?.path,
  };
}

/** The chart in the repository. That it is missing is a Problem where agents are deployed with copies of it, which stay. */
async function readChartOf(
  { config }: SharedInputs,
  source: SurveySource,
  memory: SurveyMemory,
  deployed: DeployedTenants,
): Promise<ChartReading> {
  const { chart } = config.spec;
  if ("oci" in chart) return { copy: undefined, problems: [] };
  const { key, load } = await source.chart(chart.path);
  const reading = await memory.chart(key, async () => readChart(await load(), config));
  if (reading.copy !== undefined || reading.problems.length > 0) return reading;
  const hasCopies = [...deployed].some(([environment, tenants]) =>
    [...tenants].some(([tenant, files]) => files.has(chartDir(environment, tenant))),
  );
  return hasCopies ? { ...reading, problems: [missingChart(chart.path)] } : reading;
}

async function findRefreshScope(
  source: SurveySource,
  store: SurveyStore,
  config: string,
): Promise<RefreshScope | undefined> {
  const mark = store.mark();
  if (mark === undefined || mark.config !== config) return { kind: "everything" };
  if (mark.sha === source.sha) return undefined;
  const changes = await source.changedSince(mark.sha);
  if (changes === undefined) return { kind: "everything" };
  return { kind: "some", changes, keys: await findAffectedAgents(changes, store) };
}

/** A tenant without agents has no objects; those in `kept` keep the objects they have. */
async function tenantDrifts(
  fleet: Fleet,
  wanted: readonly string[],
  deployed: DeployedTenants,
  kept: ReadonlySet<string>,
): Promise<readonly string[]> {
  const held = [...deployed.values()].flatMap((tenants) =>
    [...tenants].filter(([, files]) => files.size > 0).map(([name]) => name),
  );
  const whole = [...new Set([...held, ...wanted])].filter((tenant) => !kept.has(tenant));
  const isWanted = new Set(wanted);
  const drifted: string[] = [];
  for (const tenant of whole) {
    if (isTenantDrifted(tenant, fleet, isWanted.has(tenant), deployed)) drifted.push(tenant);
    await yieldToOthers();
  }
  return drifted.sort();
}

function isTenantDrifted(tenant: string, fleet: Fleet, wanted: boolean, deployed: DeployedTenants): boolean {
  const files = wanted ? compileTenant(tenant, fleet) : new Map<Path, string>();
  const named = fleet.config.spec.environments.map((environment) => environment.name);
  return [...new Set([...deployed.keys(), ...named])].some((environment) => {
    const held = deployed.get(environment)?.get(tenant);
    const isFileDrifted = tenantFiles(environment, tenant).some((file) => {
      const text = files.get(file);
      return (text === undefined ? undefined : blobOid(text)) !== held?.get(file);
    });
    return (
      isFileDrifted || isChartDrifted(tenant, environment, fleet, wanted, held?.get(chartDir(environment, tenant)))
    );
  });
}

function isChartDrifted(
  tenant: string,
  environment: string,
  fleet: Fleet,
  isWanted: boolean,
  held: Oid | undefined,
): boolean {
  const copy: WantedCopy = isWanted ? wantedCopy(tenant, environment, fleet) : { kind: "none" };
  switch (copy.kind) {
    case "copy":
      return held !== copy.copy.tree;
    case "none":
      return held !== undefined;
    case "as-it-is":
      return false;
    default:
      return copy satisfies never;
  }
}

/** Most agents of a tenant among which one is searched that stands for it. */
const MOST_OF_TENANT = 50;

function fleetOf(shared: SharedInputs, store: SurveyStore): Fleet {
  return {
    ...shared,
    facts: { get: (key) => store.facts(key) ?? store.standing(key) },
    callers: { get: (key) => store.agents.callersOf(key) },
    someAgentsOf: (tenant) => store.agents.keysOfTenant(tenant, MOST_OF_TENANT),
  };
}
