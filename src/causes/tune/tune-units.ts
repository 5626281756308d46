import { tenantOf } from "../../domain/agent-key.ts";
import type { Incident } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { Pass } from "../../pass/pass.ts";
import { everyAgentOfItsTenant, type IncidentUnit, incidentUnits, tuneCauseOf } from "../../remedy/incident-units.ts";
import { isRefused } from "../alert/incident-context.ts";
import { issuesByKey } from "../alert/issue-steps.ts";
import { coveredAgents } from "../alert/units/covered-agents.ts";

/** How long an incident whose issue was closed stays one by itself, in milliseconds: a week, as for alerts. */
const WEEK = 7 * 86_400_000;
/** Most agents of a tenant that one remedy looks at in a pass, and so that one pull request changes. */
const MOST_AGENTS = 100;

/**
 * What one pull request or issue is about: an agent, or the agents of a tenant for which one remedy has work in an environment. Agents
 * beyond the largest number, and those that come while the tenant's pull request is open, wait until that is merged.
 */
export function tuneUnits({ forge, policies, world }: Pass, incidents: readonly Incident[]): readonly IncidentUnit[] {
  const issues = [...issuesByKey(forge.issues.issues).byKey];
  const open = issues.filter(([, { state }]) => state === "open").map(([key]) => key);
  const lately = issues.filter(([, { endedAt }]) => world.now() - (endedAt ?? 0) < WEEK).map(([key]) => key);
  const refused = (forge.recent ?? []).filter(isRefused).map(({ branch }) => branch);
  const covered = coveredAgents(forge.open.values());
  const isWaiting = (one: Incident) =>
    covered.get(branchFor(tuneCauseOf(one, everyAgentOfItsTenant(one))))?.has(one.agent) === false &&
    !forge.open.has(branchFor(tuneCauseOf(one, one.agent)));
  return incidentUnits(
    firstOfTenants(
      incidents.filter((one) => !isWaiting(one)),
      MOST_AGENTS,
    ),
    policies.remedies,
    new Set([...forge.open.keys(), ...open, ...lately]),
    new Set([...forge.open.keys(), ...open, ...refused]),
    covered,
  );
}

/** At most so many incidents of each tenant, remedy and environment, in their order. */
export function firstOfTenants(incidents: readonly Incident[], most: number): readonly Incident[] {
  const groups = Map.groupBy(incidents, ({ agent, remedy, environment }) =>
    JSON.stringify([tenantOf(agent), remedy, environment]),
  );
  return [...groups.values()].flatMap((list) => list.slice(0, most));
}
