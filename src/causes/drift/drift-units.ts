import { tenantOf } from "../../domain/agent-key.ts";
import { branchFor } from "../../domain/branch-name.ts";
import { wavesOf } from "../../domain/deployed/waves.ts";
import { type AgentKey, deployDir, tenantFiles } from "../../domain/fleet.ts";
import type { Pass } from "../../pass/pass.ts";
import { type Drift, type Unit, unitsOf } from "../../plan/units.ts";

/**
 * Divides what drifted into units, one for each pull request. Uses Git's history (which specs are older than their generated
 * files) and the forge (which agents' pull requests a person closed). Throws GitError or ForgeError.
 */
export async function driftUnits(pass: Pass): Promise<readonly Unit[]> {
  const { survey } = pass;
  const isSharedOnly = await sharedInputChanges(pass);
  const drifts = survey.drifts().map(({ key, state }) => ({
    agent: key,
    tenant: tenantOf(key),
    state,
    sharedOnly: state === "changed" && isSharedOnly(key),
  }));
  const kept = tenantsOfBrokenSpecs(drifts, pass);
  const needed = await tenantsNeededStill(pass);
  const tenantDrifts = survey.driftedTenants.filter((tenant) => !kept.has(tenant) && !needed.has(tenant));
  return unitsOf(drifts, {
    grouping: survey.fleet.config.spec.grouping,
    tenantDrifts,
    refused: await refusedHosts(pass, drifts, tenantDrifts),
  });
}

/**
 * Whether only an input that agents share (chart, tenant, template, Model) changed: the agent's own spec is not newer than its
 * generated files. Reads Git's history once, and only where several agents of a tenant changed, or one and the tenant's objects.
 */
async function sharedInputChanges({ commit, survey }: Pass): Promise<(key: AgentKey) => boolean> {
  const changed = survey.drifts().filter((drift) => drift.state === "changed");
  const byTenant = Map.groupBy(
    changed.map((drift) => drift.key),
    tenantOf,
  );
  const drifted = new Set(survey.driftedTenants);
  const several = [...byTenant].flatMap(([tenant, keys]) => (keys.length > 1 || drifted.has(tenant) ? keys : []));
  if (several.length === 0) return () => false;
  const specs = (key: AgentKey) => [survey.pathOf(key)].filter((path) => path !== undefined);
  // The last wave shows longest what a change of the specs has not reached yet.
  const { environments } = wavesOf(survey.fleet.config, survey.environments).at(-1) ?? survey;
  const folders = (key: AgentKey) => environments.map((environment) => deployDir(environment, key));
  const changes = await commit.lastChanges(several.flatMap((key) => [...specs(key), ...folders(key)]));
  const known = new Set(several);
  return (key) => changes !== undefined && known.has(key) && !changes.isAfter(specs(key), folders(key));
}

/** Tenants whose own objects are part of the open pull request of an agent whose spec is broken now: they stay there. */
function tenantsOfBrokenSpecs(drifts: readonly Drift[], { survey, forge }: Pass): ReadonlySet<string> {
  const first = firstNewAgents(drifts);
  const keys = survey.problems.map(({ key }) => key);
  const hosts = keys.filter((key) => {
    const other = first.get(tenantOf(key));
    if (other !== undefined && key > other) return false;
    // A spec that lies elsewhere than agents/<tenant>/<name> belongs to no agent, and has no branch.
    return /^[^/]+\/[^/]+$/.test(key) && forge.open.has(driftBranch(key));
  });
  return new Set(hosts.map(tenantOf));
}

/**
 * Tenants that leave an environment in which they have objects, while one of their agents has a Problem and so keeps what it has
 * there. Without the tenant's objects it would run on without a quota and without network policies.
 */
async function tenantsNeededStill({ commit, survey }: Pass): Promise<ReadonlySet<string>> {
  const { config, tenants } = survey.fleet;
  const broken = new Set(survey.problems.filter(({ key }) => key.includes("/")).map(({ key }) => tenantOf(key)));
  const left = survey.driftedTenants
    .filter((tenant) => broken.has(tenant))
    .map((tenant) => {
      const own = tenants.get(tenant)?.spec.environments;
      const stays = config.spec.environments.map(({ name }) => name).filter((name) => own?.includes(name) ?? true);
      const leaves = survey.environments.filter((environment) => !stays.includes(environment));
      return { tenant, files: leaves.flatMap((environment) => tenantFiles(environment, tenant)) };
    });
  const files = left.flatMap((one) => one.files);
  if (files.length === 0) return new Set();
  const snapshot = await commit.slice(files);
  const held = left.filter((one) => one.files.some((file) => snapshot.oid(file) !== undefined));
  return new Set(held.map(({ tenant }) => tenant));
}

/** The first new agent of each tenant that has one. */
function firstNewAgents(drifts: readonly Drift[]): ReadonlyMap<string, AgentKey> {
  const first = new Map<string, AgentKey>();
  for (const { tenant, agent, state } of drifts) {
    if (state === "new" && !first.has(tenant)) first.set(tenant, agent);
  }
  return first;
}

/** The new agents whose pull request would hold their tenant's objects, but a person closed it. */
async function refusedHosts(
  { world }: Pass,
  drifts: readonly Drift[],
  tenants: readonly string[],
): Promise<ReadonlySet<AgentKey>> {
  const first = firstNewAgents(drifts);
  const hosts = tenants.flatMap((tenant) => first.get(tenant) ?? []);
  if (hosts.length === 0) return new Set();
  const branches = new Map(hosts.map((agent) => [driftBranch(agent), agent]));
  const { pulls } = await world.forge.pullRequests([...branches.keys()]);
  const open = new Set(pulls.filter((pull) => pull.state === "open").map((pull) => pull.branch));
  const refused = pulls.filter((pull) => pull.state === "closed" && !pull.closedByBot && !open.has(pull.branch));
  return new Set(refused.flatMap((pull) => branches.get(pull.branch) ?? []));
}

function driftBranch(agent: AgentKey): string {
  return branchFor({ kind: "drift", scope: { kind: "agent", agent } });
}
