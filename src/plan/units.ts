import type { Cause } from "../domain/cause.ts";
import type { AgentKey } from "../domain/fleet.ts";

/** How one agent's generated files differ from the tree. */
export interface Drift {
  readonly agent: AgentKey;
  readonly tenant: string;
  /** new: it has no generated file yet; removed: it has no spec any more. */
  readonly state: "new" | "changed" | "removed";
  /** Its own spec is not newer than its generated files: only an input that it shares with others has changed. */
  readonly sharedOnly: boolean;
}

/** What one pull request holds. */
export interface Unit {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  /** Tenants whose own objects (`tenant.yaml`) the pull request holds too. */
  readonly tenants: readonly string[];
}

export interface Grouping {
  readonly grouping: "agent" | "tenant";
  /** Tenants whose own objects differ from the tree. */
  readonly tenantDrifts: readonly string[];
  /** Agents whose pull request a person closed: no tenant's objects may be part of it. */
  readonly refused: ReadonlySet<AgentKey>;
}

/**
 * Divides what drifted into pull requests, so that no two hold the same file:
 * - one for each agent;
 * - one for a whole tenant where an input shared by two or more of its deployed agents changed (chart, tenant,
 *   template, Model), or under one of them and under the tenant's own objects, or where the configuration groups by tenant;
 * - a tenant's own objects are part of its first new agent's pull request, since a tenant is deployed for its agents; where
 *   there is no new agent, or a person refused it, they have a pull request of the tenant.
 * Sorted: tenant pull requests first within a tenant, then agents by name.
 */
export function unitsOf(drifts: readonly Drift[], grouping: Grouping): readonly Unit[] {
  const byTenant = Map.groupBy(drifts, (drift) => drift.tenant);
  const drifted = new Set(grouping.tenantDrifts);
  const tenants = new Set([...byTenant.keys(), ...drifted]);
  return [...tenants]
    .sort()
    .flatMap((tenant) => unitsOfTenant(tenant, byTenant.get(tenant) ?? [], drifted.has(tenant), grouping));
}

function unitsOfTenant(tenant: string, unsorted: readonly Drift[], own: boolean, grouping: Grouping): readonly Unit[] {
  const drifts = unsorted.toSorted((a, b) => (a.agent < b.agent ? -1 : 1));
  const shared = drifts.filter((drift) => drift.state === "changed" && drift.sharedOnly);
  const isTogether = shared.length > (own ? 0 : 1);
  const together = grouping.grouping === "tenant" ? drifts : isTogether ? shared : [];
  const grouped = new Set(together);
  const single = drifts.filter((drift) => !grouped.has(drift));
  const host = together.length > 0 ? undefined : hostOf(single, grouping);
  const units: Unit[] = [];
  if (together.length > 0 || (own && host === undefined)) {
    units.push({
      cause: { kind: "drift", scope: { kind: "tenant", tenant } },
      agents: together.map((drift) => drift.agent),
      tenants: own ? [tenant] : [],
    });
  }
  for (const drift of single) {
    units.push({
      cause: { kind: "drift", scope: { kind: "agent", agent: drift.agent } },
      agents: [drift.agent],
      tenants: own && drift === host ? [tenant] : [],
    });
  }
  return units;
}

function hostOf(drifts: readonly Drift[], { refused }: Grouping): Drift | undefined {
  const first = drifts.find((drift) => drift.state === "new");
  return first === undefined || refused.has(first.agent) ? undefined : first;
}
