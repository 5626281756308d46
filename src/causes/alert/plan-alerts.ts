import { tenantOf } from "../../domain/agent-key.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Pass } from "../../pass/pass.ts";
import type { Step } from "../../pass/step.ts";
import { decodeMarker } from "../../pr/marker.ts";
import { createFleetDirectory } from "../../remedy/fleet-directory.ts";
import { type IncidentUnit, incidentUnits } from "../../remedy/incident-units.ts";
import { incidentsOf } from "../../remedy/incidents.ts";
import type { CausePlan } from "../cause.ts";
import { historyPathsOf } from "./evidence/subject.ts";
import { ignoredOutcomes } from "./ignored-alerts.ts";
import { inRankOrder } from "./in-rank-order.ts";
import { firingSince, incidentContextOf, isRefused } from "./incident-context.ts";
import { closeDuplicateIssue, closeSupersededIssue, issuesByKey } from "./issue-steps.ts";
import { unlessTooMany, unlessWanted } from "./limit-step.ts";
import { planReverts } from "./plan-reverts.ts";
import { planUnit } from "./plan-unit.ts";
import { planWithoutAlerts } from "./plan-without-alerts.ts";
import { coveredAgents } from "./units/covered-agents.ts";
import { planOrLog } from "./units/plan-or-log.ts";

/**
 * Plans one step for each incident: for the alerts of this pass, and for the pull requests and issues of earlier alerts.
 * Evidence is read only where no pull request is open. The steps throw GitError or ForgeError.
 */
export function planAlerts(pass: Pass): CausePlan {
  const { survey, policies, reported } = pass;
  const { incidents, ignored } = incidentsOf(reported.alerts, createFleetDirectory(survey.fleet), policies.remedies);
  return { outcomes: ignoredOutcomes(ignored), steps: planSteps(pass, incidents) };
}

async function* planSteps(pass: Pass, incidents: ReturnType<typeof incidentsOf>["incidents"]): AsyncGenerator<Step> {
  const { forge, reported } = pass;
  const ours = [...forge.open.values()].filter((pull) => pull.openedByBot && causeOf(pull.branch)?.kind === "alert");
  const isNothing = incidents.length === 0 && ours.length === 0;
  if (isNothing && reported.alerts.length === 0 && reported.whole === false) return;
  const { byKey, duplicates } = issuesByKey(forge.issues.issues);
  const units = unitsOf(pass, incidents, byKey);
  const context = await incidentContextOf(pass, units, byKey);
  await readHistoryOf(pass, units);
  const wanted = ours.map((pull) => decodeMarker(pull.body)?.edits ?? []);
  const opened: AgentKey[] = [];
  for await (const [unit, planned] of inRankOrder(units, reported.progress, (one) =>
    planOrLog(context, one, planUnit),
  )) {
    if (planned === undefined) continue;
    const step = unlessTooMany(unlessWanted(planned, wanted), context, opened);
    if (step.decision.kind === "open" && pass.budget.full() === undefined) {
      wanted.push(step.proposal?.marker.edits ?? []);
      opened.push(...step.agents);
    }
    yield step;
    // Only once the pull request is open: opening it may have failed in an earlier pass.
    const issue = byKey.get(branchFor(unit.cause));
    if (forge.open.has(branchFor(unit.cause)) && issue?.state === "open") yield closeSupersededIssue(unit, issue);
  }
  for (const issue of duplicates) yield* closeDuplicateIssue(issue, "alert");
  const planned = new Set(units.map((unit) => branchFor(unit.cause)));
  for (const branch of new Set([...ours.map((pull) => pull.branch), ...byKey.keys()])) {
    if (!planned.has(branch)) yield* planWithoutAlerts(context, branch);
  }
  const alerts = units.map((unit) => [branchFor(unit.cause), unit.incidents.flatMap((one) => one.alerts)] as const);
  yield* planReverts(context, new Map(alerts));
}

/** Reads the history of all agents of these units at once: later questions about one of them find it read. */
async function readHistoryOf({ commit, forge, survey }: Pass, units: readonly IncidentUnit[]): Promise<void> {
  const unopened = units.filter((unit) => !forge.open.has(branchFor(unit.cause)));
  const paths = unopened.flatMap(({ incidents }) =>
    incidents.flatMap(({ agent, environment }) => historyPathsOf(agent, environment, survey)),
  );
  if (paths.length > 0) await commit.history([...new Set(paths)]);
}

/** How long an incident whose issue was closed stays one by itself. */
const WEEK = 7 * 86_400_000;

type Issues = ReturnType<typeof issuesByKey>["byKey"];

function unitsOf(
  { forge, policies, world }: Pass,
  incidents: ReturnType<typeof incidentsOf>["incidents"],
  issues: Issues,
): readonly IncidentUnit[] {
  const openIssues = [...issues].filter(([, issue]) => issue.state === "open").map(([key]) => key);
  const lastWeek = [...issues].filter(([, { endedAt }]) => world.now() - (endedAt ?? 0) < WEEK).map(([key]) => key);
  const kept = closedWhileFiring(incidents, issues);
  const refused = (forge.recent ?? []).filter(isRefused).map((pull) => pull.branch);
  return incidentUnits(
    incidents,
    policies.remedies,
    new Set([...forge.open.keys(), ...openIssues, ...lastWeek, ...kept]),
    new Set([...forge.open.keys(), ...openIssues, ...refused, ...kept]),
    coveredAgents(forge.open.values()),
  );
}

/** The keys of issues, of incidents or storms, that a person closed while the alert fired that still fires. */
function closedWhileFiring(incidents: ReturnType<typeof incidentsOf>["incidents"], issues: Issues): readonly string[] {
  return incidents.flatMap(({ agent, environment, remedy, alerts }) => {
    const keys = [agent, `${tenantOf(agent)}/*`].map((whom) =>
      branchFor({ kind: "alert", agent: whom, remedy, environment }),
    );
    return keys.filter((key) => {
      const issue = issues.get(key);
      return issue?.state === "closed" && !issue.closedByBot && (issue.endedAt ?? 0) >= firingSince(alerts);
    });
  });
}
