import type { Incident } from "../../domain/alert/incident.ts";
import type { Pass } from "../../pass/pass.ts";
import { type IncidentUnit, incidentUnits } from "../../remedy/incident-units.ts";
import { isRefused } from "../alert/incident-context.ts";
import { issuesByKey } from "../alert/issue-steps.ts";
import { coveredAgents } from "../alert/units/covered-agents.ts";

/** How long an incident whose issue was closed stays one by itself, in milliseconds: a week, as for alerts. */
const WEEK = 7 * 86_400_000;

/** What one pull request or issue is about: an agent, or the agents of a tenant for which one remedy has work in an environment. */
export function tuneUnits({ forge, policies, world }: Pass, incidents: readonly Incident[]): readonly IncidentUnit[] {
  const issues = [...issuesByKey(forge.issues.issues).byKey];
  const open = issues.filter(([, { state }]) => state === "open").map(([key]) => key);
  const lately = issues.filter(([, { endedAt }]) => world.now() - (endedAt ?? 0) < WEEK).map(([key]) => key);
  const refused = (forge.recent ?? []).filter(isRefused).map(({ branch }) => branch);
  return incidentUnits(
    incidents,
    policies.remedies,
    new Set([...forge.open.keys(), ...open, ...lately]),
    new Set([...forge.open.keys(), ...open, ...refused]),
    coveredAgents(forge.open.values()),
  );
}
