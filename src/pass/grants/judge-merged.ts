import type { AgentKey } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { grantRefusals } from "../../grants/judge-grant.ts";
import type { GrantRefusal } from "../../grants/refusal.ts";
import { readEdited } from "../../plan/edited-specs.ts";
import type { Survey } from "../../survey/survey.ts";
import type { Pass } from "../pass.ts";
import { pathsOfAgents } from "../paths-of-agents.ts";
import type { PlanningWorld } from "../world.ts";
import { askedAgent } from "./asked-agent.ts";
import { viewLine } from "./view-line.ts";

/** The default branch before a merge. */
export interface BeforeMerge {
  readonly survey: Survey;
  readonly world: PlanningWorld;
}

/**
 * What grants say against a merge that brings agents with their generated files: then nothing is left to plan, so that they are
 * judged here, as new ones, beside those of the default branch. `merged` is a pass over the merged commit.
 */
export async function judgeMerged(
  merged: Pass,
  base: BeforeMerge,
  agents: ReadonlySet<AgentKey>,
): Promise<readonly Problem[]> {
  const { fleet } = merged.survey;
  const drifting = new Set(merged.survey.drifts().map(({ key }) => key));
  const asked = [...agents].filter((key) => fleet.facts.get(key)?.lineage !== undefined && !drifting.has(key)).sort();
  const problems: Problem[] = [];
  for (const key of asked) {
    const file = merged.survey.pathOf(key) ?? `agents/${key}.yaml`;
    for (const { reason, message, pointer = "" } of await refusalsOf(merged, base, key))
      problems.push({ file, line: 1, column: 1, pointer, message: `grant denies it: ${reason}: ${message}` });
  }
  return problems;
}

async function refusalsOf(merged: Pass, base: BeforeMerge, key: AgentKey): Promise<readonly GrantRefusal[]> {
  const { fleet } = merged.survey;
  const path = merged.survey.pathOf(key);
  const facts = fleet.facts.get(key)?.lineage;
  if (path === undefined || facts === undefined) return [];
  const snapshot = await merged.commit.slice(pathsOfAgents([key], merged));
  const { agent } = readEdited(path, snapshot, new Map(), fleet);
  if (agent === undefined) return [];
  const before = base.survey.fleet.facts.get(key)?.lineage?.needs;
  const isNew = base.survey.pathOf(key) === undefined || !base.world.store.agents.isDeployed(key);
  const places = [...agent.environments.values()].map(({ environment, spec }) => ({
    ...{ environment, spec, labels: agent.labels },
    before: isNew ? undefined : before?.[environment],
  }));
  const asked = askedAgent(key, facts.lineage, places, { fleet, isNew });
  const view = viewLine(facts.lineage.root, fleet, merged.world.store, { members: [], requests: [] });
  return asked === undefined ? [] : grantRefusals(asked, view);
}
