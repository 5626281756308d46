import type { StandingPull } from "./domain/change.ts";
import { type AgentKey, deployDir } from "./domain/fleet.ts";
import { type Drift, type Unit, unitsOf } from "./plan/units.ts";
import { branchFor } from "./pr/branch.ts";
import type { Survey } from "./survey/survey.ts";
import type { View } from "./survey/view.ts";
import type { World } from "./world.ts";

/**
 * The pull requests that what drifted makes, given what Git's history and the forge say: which agents' own specs are older
 * than their generated files, and which agents a person said no to. Throws GitError or ForgeError.
 */
export async function unitsNow(
  world: World,
  view: View,
  seen: Survey,
  open: readonly StandingPull[],
): Promise<readonly Unit[]> {
  const isShared = await sharedOnly(view, seen);
  const drifts = seen.drifts().map(({ key, state }) => ({
    agent: key,
    tenant: tenantOf(key),
    state,
    sharedOnly: state === "changed" && isShared(key),
  }));
  const held = heldByBroken(drifts, seen, open);
  const tenantDrifts = seen.tenantDrifts.filter((tenant) => !held.has(tenant));
  return unitsOf(drifts, {
    grouping: seen.fleet.config.spec.grouping,
    tenantDrifts,
    refused: await refusedHosts(world, drifts, tenantDrifts),
  });
}

/**
 * Tells of changed agents whether their own spec is no newer than their generated files, so that an input they share with
 * others changed. One walk through Git's history, and only where a tenant has several.
 */
async function sharedOnly(view: View, seen: Survey): Promise<(key: AgentKey) => boolean> {
  const changed = seen
    .drifts()
    .filter((drift) => drift.state === "changed")
    .map((drift) => drift.key);
  const several = [...Map.groupBy(changed, tenantOf).values()].filter((keys) => keys.length > 1).flat();
  if (several.length === 0) return () => false;
  const pathsOfSpec = (key: AgentKey) => [seen.pathOf(key)].filter((path) => path !== undefined);
  const folders = (key: AgentKey) => seen.environments.map((environment) => deployDir(environment, key));
  const touched = await view.touches(several.flatMap((key) => [...pathsOfSpec(key), ...folders(key)]));
  const asked = new Set(several);
  return (key) => touched !== undefined && asked.has(key) && !touched.isAfter(pathsOfSpec(key), folders(key));
}

/** Tenants whose objects ride in the open pull request of an agent whose spec is broken now: there they stay. */
function heldByBroken(drifts: readonly Drift[], seen: Survey, open: readonly StandingPull[]): ReadonlySet<string> {
  const first = firstNew(drifts);
  const branches = new Set(open.map((pull) => pull.branch));
  const held = seen.problems.filter(({ key }) => {
    const other = first.get(tenantOf(key));
    if (other !== undefined && key > other) return false;
    // A spec at another place than agents/<tenant>/<name> is nobody's, and has no branch.
    return (
      /^[^/]+\/[^/]+$/.test(key) && branches.has(branchFor({ kind: "drift", scope: { kind: "agent", agent: key } }))
    );
  });
  return new Set(held.map(({ key }) => tenantOf(key)));
}

/** The first new agent of each tenant that has one. */
function firstNew(drifts: readonly Drift[]): ReadonlyMap<string, AgentKey> {
  const first = new Map<string, AgentKey>();
  for (const { tenant, agent, state } of drifts) {
    if (state === "new" && !first.has(tenant)) first.set(tenant, agent);
  }
  return first;
}

/** The new agents that would bring their tenant's objects along, but whose pull request a person closed. */
async function refusedHosts(
  { forge }: World,
  drifts: readonly Drift[],
  tenants: readonly string[],
): Promise<ReadonlySet<AgentKey>> {
  const first = firstNew(drifts);
  const hosts = tenants.flatMap((tenant) => first.get(tenant) ?? []);
  if (hosts.length === 0) return new Set();
  const branches = new Map(
    hosts.map((agent) => [branchFor({ kind: "drift", scope: { kind: "agent", agent } }), agent]),
  );
  const { pulls } = await forge.standing([...branches.keys()]);
  const open = new Set(pulls.filter((pull) => pull.state === "open").map((pull) => pull.branch));
  const refused = pulls.filter((pull) => pull.state === "closed" && !pull.closedByBot && !open.has(pull.branch));
  return new Set(refused.flatMap((pull) => branches.get(pull.branch) ?? []));
}

function tenantOf(key: AgentKey): string {
  return key.slice(0, key.indexOf("/"));
}
