import { inSlices } from "./deadline/slices.ts";
import type { Cause, ChangeSet, Edit, Proposal, Verdict } from "./domain/change.ts";
import type { AgentKey, Snapshot } from "./domain/fleet.ts";
import type { IncidentStory } from "./domain/incident.ts";
import { planning } from "./plan/plan.ts";
import { judging } from "./policy/judge.ts";
import { proposing } from "./pr/propose.ts";
import type { Setting } from "./step.ts";

/** What a pull request is wanted for. */
export interface Wanted {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  /** Tenants whose own objects belong to it. */
  readonly tenants: readonly string[];
  /** Edits of specs that the cause asks for; none where the specs say already what is wanted. */
  readonly edits: readonly Edit[];
  /** What an alert's change is about, for the reviewer. */
  readonly story?: IncidentStory | undefined;
}

/** A change that was planned and judged, and the pull request for it; none where nothing differs, or it is denied. */
export interface Prepared {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  readonly changes: ChangeSet;
  readonly verdict: Verdict;
  readonly proposal: Proposal | undefined;
}

/**
 * The one way to a proposal, whatever the cause: the edits applied, the result compiled and compared on the commit of the
 * pass, judged by the guardrails, and written as a pull request. `snapshot` holds what `pathsOfAgents` names. Writes nothing.
 */
export async function prepare(setting: Setting, wanted: Wanted, snapshot: Snapshot): Promise<Prepared> {
  const { seen, policies } = setting;
  const { cause, agents, tenants, edits, story } = wanted;
  const scope = {
    cause,
    agents: agents.map((key) => ({ key, path: seen.pathOf(key) })),
    tenants,
    environments: seen.environments,
    fleet: seen.fleet,
  };
  const changes = await inSlices(planning(scope, snapshot, edits));
  const verdict = await inSlices(judging(changes, policies.guardrails, seen.fleet));
  const specs = new Set(scope.agents.map(({ path }) => path));
  // Edits that leave the specs as they are have been made already, whatever else drifted.
  const isEmpty =
    cause.kind === "drift" ? changes.files.length === 0 : !changes.files.some(({ path }) => specs.has(path));
  // Problems deny, too.
  if (isEmpty || verdict.kind === "deny") return { cause, agents, changes, verdict, proposal: undefined };
  const context = story === undefined ? seen.fleet : { ...seen.fleet, story };
  return { cause, agents, changes, verdict, proposal: await inSlices(proposing(changes, verdict, context)) };
}
