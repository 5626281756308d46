import { inSlices } from "../deadline/slices.ts";
import type { IncidentDetails } from "../domain/alert/incident.ts";
import type { Cause } from "../domain/cause.ts";
import type { ChangeSet, Edit } from "../domain/change-set.ts";
import { environmentsOfCause } from "../domain/deployed/waves.ts";
import type { AgentKey, Fleet, Snapshot } from "../domain/fleet.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { RequestedChange, WrittenSpec } from "../domain/request/agent-request.ts";
import type { ImageUpgrade } from "../domain/upgrade/image-upgrade.ts";
import type { Verdict } from "../domain/verdict.ts";
import { withFindings } from "../grants/with-findings.ts";
import { planning } from "../plan/plan.ts";
import { judging } from "../policy/judge.ts";
import type { ChangeNotes } from "../pr/caution/change-notes.ts";
import { type DecisionLimits, decide } from "../pr/decide.ts";
import { proposing } from "../pr/propose.ts";
import { judgeLines } from "./grants/judge-lines.ts";
import type { Pass } from "./pass.ts";
import { readTrust } from "./read-trust.ts";
import type { Step } from "./step.ts";

/** What a pull request is for. */
export interface Wanted {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  /** Tenants whose own objects belong to it. */
  readonly tenants: readonly string[];
  /** Edits of specs that the cause asks for; none where the specs are right and only generated files are not. */
  readonly edits: readonly Edit[];
  /** What happened, for the reviewer of a change that an alert asks for. */
  readonly details?: IncidentDetails | undefined;
  /** The newer images, and what their registries say about them, of a change that a registry asks for. */
  readonly upgrades?: readonly ImageUpgrade[];
  /** What somebody asked for, and the spec files that it writes as a whole. */
  readonly requested?: RequestedChange;
  /** Further spec files that follow from the request, such as those of agents below one that is retired. */
  readonly further?: readonly WrittenSpec[];
  /** The fleet as the change leaves it; left out: it is that of the commit, since no relation between agents changes. */
  readonly fleet?: Fleet;
  /** Finds what is known of the change beyond its files; called once it is planned, and not denied. */
  readonly notesOf?: (changes: ChangeSet) => Promise<ChangeNotes>;
}

/** A planned and judged change, and its proposal; undefined where nothing differs, or the change is denied. */
export interface Prepared {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  readonly changes: ChangeSet;
  readonly verdict: Verdict;
  readonly proposal: Proposal | undefined;
}

/**
 * The only way to a proposal, whatever the cause: applies the edits, compiles the result, compares it with the commit of the
 * pass, lets the guardrails judge it, and writes the pull request's text. `snapshot` holds the files of `pathsOfAgents`. Writes
 * nothing.
 */
export async function prepare(pass: Pass, wanted: Wanted, snapshot: Snapshot): Promise<Prepared> {
  const { survey, policies } = pass;
  const { cause, agents, tenants, edits, details, requested, further = [], fleet = survey.fleet } = wanted;
  const written = new Map(requested?.written.map((spec) => [spec.agent, spec.file]));
  const scope = {
    cause,
    agents: agents.map((key) => ({ key, path: written.get(key) ?? survey.pathOf(key) })),
    tenants,
    environments: environmentsOfCause(cause, fleet.config, survey.environments),
    fleet,
  };
  const planned = await inSlices(planning(scope, snapshot, edits, [...(requested?.written ?? []), ...further]));
  const changes = requested === undefined ? planned : { ...planned, request: requested.request };
  const record = await readTrust(pass, changes);
  const guarded = await inSlices(judging(changes, policies.guardrails, fleet, record));
  const verdict = withFindings(guarded, await judgeLines(pass, { cause, changes, requested, fleet }));
  const specs = new Set(scope.agents.map(({ path }) => path));
  // Edits that change no spec were made already, whatever else drifted.
  const isEmpty =
    cause.kind === "drift" ? changes.files.length === 0 : !changes.files.some(({ path }) => specs.has(path));
  // A change with Problems is denied, too.
  if (isEmpty || verdict.kind === "deny") return { cause, agents, changes, verdict, proposal: undefined };
  const context = {
    ...fleet,
    incident: details,
    requested,
    upgrades: wanted.upgrades ?? [],
    isPreview: pass.isPreview,
    notes: await wanted.notesOf?.(changes),
  };
  return { cause, agents, changes, verdict, proposal: await inSlices(proposing(changes, verdict, context)) };
}

/**
 * The step of a planned and judged change, given the newest pull request on its branch: skipped while a spec has Problems, so that they
 * neither open nor close anything, and withdrawn where the guardrails deny it.
 */
export function stepOfPrepared(prepared: Prepared, pull: PullRequest | undefined, limits: DecisionLimits): Step {
  if (prepared.changes.problems.length > 0)
    return { ...prepared, decision: { kind: "skip", reason: "spec-has-problems", pull } };
  const wanted = prepared.verdict.kind === "deny" ? "denied" : prepared.proposal;
  return { ...prepared, decision: decide(prepared.cause, pull, wanted, limits) };
}
