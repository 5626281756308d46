import { tenantOf } from "../domain/agent-key.ts";
import type { Incident } from "../domain/alert/incident.ts";
import { branchFor } from "../domain/branch-name.ts";
import type { RemedyCause } from "../domain/cause.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { CompiledRemedy } from "./compiled-remedy.ts";
import { findStorms } from "./incidents.ts";

/** What one pull request or one issue is about: an incident, or several of a tenant that share a cause (a storm). */
export interface IncidentUnit {
  readonly cause: RemedyCause;
  readonly incidents: readonly Incident[];
  /** Undefined where no remedy answers and the model investigates. */
  readonly remedy: CompiledRemedy | undefined;
  readonly agents: readonly AgentKey[];
}

/**
 * Divides incidents into units. Where enough agents of a tenant share a cause they are one unit (a storm), whose branch names
 * the tenant (`tenant/*`). An incident keeps a pull request or issue that it has already, so that no second one is opened:
 * `ownBranches` are the branches of single incidents that have one, `stormBranches` those of storms. An open
 * pull request of a storm holds only the agents in `covered`: another agent that joins is planned by itself, since it cannot
 * wait until that is merged. Sorted by branch.
 */
export function incidentUnits(
  incidents: readonly Incident[],
  remedies: readonly CompiledRemedy[],
  ownBranches: ReadonlySet<string>,
  stormBranches: ReadonlySet<string>,
  covered: ReadonlyMap<string, ReadonlySet<AgentKey>> = new Map(),
): readonly IncidentUnit[] {
  const byName = new Map(remedies.map((remedy) => [remedy.name, remedy]));
  const hasOwn = (one: Incident) => ownBranches.has(branchFor(causeOf(one, one.agent)));
  // A storm that has a pull request or an issue, open or refused, keeps its remaining incidents, however few they are.
  const stormOf = (one: Incident) => branchFor(causeOf(one, everyAgentOfItsTenant(one)));
  const isLate = (one: Incident) => covered.get(stormOf(one))?.has(one.agent) === false;
  const isOfStorm = (one: Incident) => !hasOwn(one) && !isLate(one) && stormBranches.has(stormOf(one));
  const units: IncidentUnit[] = incidents
    .filter((one) => one.isTenantWide)
    .map((one) => ({
      cause: causeOf(one, everyAgentOfItsTenant(one)),
      incidents: [one],
      remedy: withoutChanges(byName.get(one.remedy)),
      agents: [everyAgentOfItsTenant(one)],
    }));
  const ofAgents = incidents.filter((one) => !one.isTenantWide);
  const free = ofAgents.filter((one) => !hasOwn(one) && !isOfStorm(one) && !isLate(one));
  const inStorms = new Set<Incident>();
  for (const storm of findStorms(free, remedies)) {
    const [first] = storm.incidents;
    if (first === undefined) continue;
    for (const one of storm.incidents) inStorms.add(one);
    const agents = storm.incidents.map((one) => one.agent);
    const cause = causeOf(first, `${storm.tenant}/*`);
    units.push({ cause, incidents: storm.incidents, remedy: byName.get(storm.remedy), agents });
  }
  for (const one of ofAgents.filter((each) => !inStorms.has(each))) {
    const cause = causeOf(one, isOfStorm(one) ? everyAgentOfItsTenant(one) : one.agent);
    units.push({ cause, incidents: [one], remedy: byName.get(one.remedy), agents: [one.agent] });
  }
  return joinByBranch(units).sort((a, b) => (branchFor(a.cause) < branchFor(b.cause) ? -1 : 1));
}

/** Storms of one tenant and remedy share a branch, even with different causes, so they are one unit. */
function joinByBranch(units: readonly IncidentUnit[]): IncidentUnit[] {
  return [...Map.groupBy(units, (unit) => branchFor(unit.cause)).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const incidents = group.flatMap((unit) => unit.incidents);
    return [{ ...first, incidents, agents: [...new Set(group.flatMap((unit) => unit.agents))].sort() }];
  });
}

/** The remedy as it answers an alert about a tenant, which no agent's spec can end. */
function withoutChanges(remedy: CompiledRemedy | undefined): CompiledRemedy | undefined {
  return remedy === undefined ? undefined : { ...remedy, edits: [], otherwise: "report" };
}

/** Whom an incident is about: its agent, or every agent of its tenant (`tenant/*`). */
export function concerned(incident: Incident): AgentKey {
  return incident.isTenantWide ? everyAgentOfItsTenant(incident) : incident.agent;
}

/** The key that stands for every agent of an incident's tenant. */
export function everyAgentOfItsTenant({ agent }: Incident): AgentKey {
  return `${tenantOf(agent)}/*`;
}

function causeOf(incident: Incident, agent: AgentKey): RemedyCause {
  const { remedy, environment, occasion } = incident;
  return occasion === undefined ? { kind: "alert", agent, remedy, environment } : tuneCauseOf(incident, agent);
}

/** The cause of an incident of which no alert fires, for its agent or for all of its tenant's (`tenant/*`). */
export function tuneCauseOf({ remedy, environment }: Incident, agent: AgentKey): RemedyCause {
  return { kind: "tune", agent, remedy, environment };
}
