import type { Cause } from "../../domain/cause.ts";
import type { AgentChange, ChangeSet } from "../../domain/change-set.ts";
import type { AgentKey, Fleet } from "../../domain/fleet.ts";
import type { RequestedChange } from "../../domain/request/agent-request.ts";
import type { Violation } from "../../domain/verdict.ts";
import { grantRefusals } from "../../grants/judge-grant.ts";
import { deployedLineage, lineageChange } from "../../grants/lineage-changes.ts";
import { type GrantRefusal, refusal } from "../../grants/refusal.ts";
import type { GrantFindings } from "../../grants/with-findings.ts";
import type { Pass } from "../pass.ts";
import { askedAgent } from "./asked-agent.ts";
import { judgeAsker } from "./judge-asker.ts";
import { readOpenRequests } from "./reserved.ts";
import { specsOfChanges } from "./spec-in-place.ts";
import { viewLine } from "./view-line.ts";

/** A change, and the fleet as it leaves it. */
export interface JudgedChange {
  readonly cause: Cause;
  readonly changes: ChangeSet;
  readonly requested: RequestedChange | undefined;
  readonly fleet: Fleet;
}

/**
 * What grants say of a change, whatever its cause: agents that other agents asked for stay within the grants above them, requests of
 * agents within what they may ask for, and where a deployed agent comes from is changed by nobody unseen.
 */
export async function judgeLines(pass: Pass, judged: JudgedChange): Promise<GrantFindings> {
  const { changes, requested, fleet } = judged;
  const deny: Violation[] = [];
  const review: Violation[] = [];
  if (requested !== undefined)
    deny.push(...judgeAsker(requested, changes, pass.survey.fleet, fleet).map(violationOf(requested.request.agent)));
  for (const [agent, parts] of Map.groupBy(changes.changes, (change) => change.agent)) {
    const left = parts.filter(({ after }) => after !== undefined);
    const lineage = fleet.facts.get(agent)?.lineage?.lineage;
    if (left.length === 0) continue;
    const changed = left.map(({ before }) => lineageChange(deployedLineage(before), lineage)).find(Boolean);
    if (changed !== undefined) review.push({ guardrail: "grant", message: changed, agent, environment: undefined });
    if (lineage === undefined) continue;
    deny.push(...(await refusalsOf(pass, judged, agent, left)).map(violationOf(agent)));
  }
  return { deny, review };
}

async function refusalsOf(
  pass: Pass,
  { cause, fleet }: JudgedChange,
  agent: AgentKey,
  changes: readonly AgentChange[],
): Promise<readonly GrantRefusal[]> {
  const facts = fleet.facts.get(agent)?.lineage;
  if (facts === undefined) return [];
  const open = await readOpenRequests(pass, cause, fleet);
  if (open === undefined)
    return [refusal("lineage-unreadable", "the open pull requests of requests cannot be read now; try again later")];
  const isNew = pass.survey.pathOf(agent) === undefined || !pass.world.store.agents.isDeployed(agent);
  const before = pass.survey.fleet.facts.get(agent)?.lineage?.needs;
  const places = specsOfChanges(changes, before);
  const asked = places && askedAgent(agent, facts.lineage, places, { fleet, isNew });
  if (asked === undefined) return [refusal("lineage-unreadable", `the spec of ${agent} cannot be read`)];
  return grantRefusals(asked, viewLine(facts.lineage.root, fleet, pass.world.store, open));
}

function violationOf(agent: AgentKey): (refused: GrantRefusal) => Violation {
  return ({ reason, message }) => ({
    guardrail: "grant",
    message: `${reason}: ${message}`,
    agent,
    environment: undefined,
  });
}
