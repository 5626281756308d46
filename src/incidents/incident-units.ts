import type { Cause } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Incident } from "../domain/incident.ts";
import { branchFor } from "../pr/branch.ts";
import { foldsOf } from "../remedy/incidents.ts";
import type { CompiledRemedy } from "../remedy/read-remedies.ts";

/** What one pull request, or one issue, is about: an incident, or several of a tenant that have one cause. */
export interface IncidentUnit {
  readonly cause: Extract<Cause, { kind: "alert" }>;
  readonly incidents: readonly Incident[];
  /** Undefined where no remedy answers and the model is to look. */
  readonly remedy: CompiledRemedy | undefined;
  readonly agents: readonly AgentKey[];
}

/**
 * Divides incidents into units. Where enough agents of a tenant have one cause they are one unit, whose branch names the
 * tenant (`tenant/*`); an incident that stands on the forge by itself already stays by itself, so that nothing is opened
 * for it a second time. Sorted by branch.
 */
export function incidentUnits(
  incidents: readonly Incident[],
  remedies: readonly CompiledRemedy[],
  standing: ReadonlySet<string>,
  storms: ReadonlySet<string>,
): readonly IncidentUnit[] {
  const byName = new Map(remedies.map((remedy) => [remedy.name, remedy]));
  const alone = (one: Incident) => standing.has(branchFor(causeOf(one, one.agent)));
  // Where a storm's stands, or was refused, it is the answer to what is left of the storm too, however few that are.
  const ofStorm = (one: Incident) => !alone(one) && storms.has(branchFor(causeOf(one, tenantOf(one))));
  const foldable = incidents.filter((one) => !alone(one) && !ofStorm(one));
  const folded = new Set<Incident>();
  const units: IncidentUnit[] = [];
  for (const fold of foldsOf(foldable, remedies)) {
    const [first] = fold.incidents;
    if (first === undefined) continue;
    for (const one of fold.incidents) folded.add(one);
    const agents = fold.incidents.map((one) => one.agent);
    const cause = causeOf(first, `${fold.tenant}/*`);
    units.push({ cause, incidents: fold.incidents, remedy: byName.get(fold.remedy), agents });
  }
  for (const one of incidents.filter((each) => !folded.has(each))) {
    const cause = causeOf(one, ofStorm(one) ? tenantOf(one) : one.agent);
    units.push({ cause, incidents: [one], remedy: byName.get(one.remedy), agents: [one.agent] });
  }
  return joined(units).sort((a, b) => (branchFor(a.cause) < branchFor(b.cause) ? -1 : 1));
}

/** Two causes of a storm in one tenant have one branch, so they are one unit. */
function joined(units: readonly IncidentUnit[]): IncidentUnit[] {
  return [...Map.groupBy(units, (unit) => branchFor(unit.cause)).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const incidents = group.flatMap((unit) => unit.incidents);
    return [{ ...first, incidents, agents: [...new Set(incidents.map((one) => one.agent))].sort() }];
  });
}

function tenantOf({ agent }: Incident): AgentKey {
  return `${agent.slice(0, agent.indexOf("/"))}/*`;
}

function causeOf({ remedy, environment }: Incident, agent: AgentKey): IncidentUnit["cause"] {
  return { kind: "alert", agent, remedy, environment };
}
