import { inSlices } from "../deadline/slices.ts";
import type { Cause, ChangeSet, Edit, Proposal, Verdict } from "../domain/change.ts";
import type { AgentKey, Snapshot } from "../domain/fleet.ts";
import type { IncidentStory, WantedEdit } from "../domain/incident.ts";
import { planning } from "../plan/plan.ts";
import { judging } from "../policy/judge.ts";
import { proposing } from "../pr/propose.ts";
import { landEdit } from "../spec/land-edit.ts";
import type { Setting } from "../step.ts";
import { pathsOfAgents, type Subject } from "./subject.ts";

/** A change that was planned and judged, and the pull request for it where it may have one. */
export interface Planned {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  readonly changes: ChangeSet;
  readonly verdict: Verdict;
  readonly proposal: Proposal | undefined;
}

/** The edits of values in effect as edits of the files that hold them; those that lead nowhere are left out. */
export function landed(subjects: readonly Subject[], wanted: readonly WantedEdit[]): readonly Edit[] {
  return wanted.flatMap((edit): readonly Edit[] => {
    const subject = subjects.find(({ agent }) => agent.key === edit.agent);
    if (subject === undefined) return [];
    const effective =
      edit.kind === "remove" || edit.to === undefined
        ? ({ kind: "remove", at: edit.at } as const)
        : ({ kind: "set", at: edit.at, to: edit.to } as const);
    const change = landEdit(subject.agent, subject.environment, effective);
    if (change === undefined) return [];
    return [{ ...change, agent: edit.agent, why: edit.why, by: edit.by }];
  });
}

/** Plans and judges these edits on the commit of the pass. Throws GitError. */
export async function planned(
  setting: Setting,
  cause: Cause,
  agents: readonly AgentKey[],
  edits: readonly Edit[],
  story: IncidentStory | undefined,
  loaded?: Snapshot,
): Promise<Planned> {
  const { view, seen, world, policies } = setting;
  const snapshot = loaded ?? (await view.slice(pathsOfAgents(agents, seen.environments, world.store)));
  const scope = {
    cause,
    agents: agents.map((key) => ({ key, path: seen.pathOf(key) })),
    tenants: [],
    environments: seen.environments,
    fleet: seen.fleet,
  };
  const changes = await inSlices(planning(scope, snapshot, edits));
  const verdict = await inSlices(judging(changes, policies.guardrails, seen.fleet));
  const specs = new Set(scope.agents.map(({ path }) => path));
  // Edits that leave the spec as it is have been made already, whatever else drifted.
  const isEmpty = !changes.files.some((file) => specs.has(file.path));
  const proposal =
    isEmpty || verdict.kind === "deny" || changes.problems.length > 0
      ? undefined
      : await inSlices(proposing(changes, verdict, story === undefined ? seen.fleet : { ...seen.fleet, story }));
  return { cause, agents, changes, verdict, proposal };
}
