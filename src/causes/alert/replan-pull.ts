import { isDeepStrictEqual } from "node:util";
import type { RemedyCause } from "../../domain/cause.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { SkipReason } from "../../domain/decision.ts";
import type { AgentKey, Snapshot } from "../../domain/fleet.ts";
import type { Marker, Proposal } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { ChangeCounts } from "../../domain/record/change-counts.ts";
import type { Instant, Sha } from "../../domain/values/scalars.ts";
import { limitsOf, type Pass } from "../../pass/pass.ts";
import { pathsOfAgents } from "../../pass/paths-of-agents.ts";
import { type Prepared, prepare } from "../../pass/prepare.ts";
import { readTrust } from "../../pass/read-trust.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { textHash } from "../../pr/content-hash.ts";
import { type DecisionLimits, decide } from "../../pr/decide.ts";
import { decodeMarker, encodeMarker, withoutMarker } from "../../pr/marker.ts";
import { withoutResolvedNote, withResolvedNote } from "../../pr/resolved-note.ts";
import { valueInFile } from "../../spec/yaml/value-in-file.ts";
import type { IncidentContext } from "./incident-context.ts";

/** The state of an incident's alerts; "unknown" where the pass has no information about them. */
export type AlertState = "firing" | "unknown" | { readonly resolvedAt: Instant };

/**
 * The step for an open pull request of a remedy. The edits in its marker are planned and judged again on the present commit; no
 * rule and no model is asked again. Its text stays, because its evidence is from the time when it was opened; after the alert
 * has ended, a note is added. It is closed where somebody has changed a value that it changes. Throws GitError or ForgeError.
 */
export async function replanPull(
  context: IncidentContext,
  cause: RemedyCause,
  pull: PullRequest,
  state: AlertState,
): Promise<Step> {
  const { pass } = context;
  const marker = decodeMarker(pull.body);
  const unit = { cause, agents: agentsOf(cause, marker) };
  const stamp = stampOf(pass.commit.sha, pull, state, await readTrust(pass, unit));
  if (pass.world.unchangedPulls.get(pull.branch) === stamp)
    return stepWithoutPlan(unit, { kind: "unchanged", pull, reason: "up-to-date" });
  const limits = limitsOf(pass, pass.forge.complete);
  if (!pull.openedByBot || pull.botOnly === false || pull.handsOff)
    return stepWithoutPlan(unit, decide(cause, pull, undefined, limits));
  const reason = editedByPerson(pull, marker, cause);
  if (marker === undefined || reason !== undefined)
    return stepWithoutPlan(unit, { kind: "skip", reason: reason ?? "person-edited-the-branch", pull });
  const snapshot = await pass.commit.slice(pathsOfAgents(unit.agents, pass));
  if (!isStillApplicable(marker, unit.agents, snapshot, pass))
    return stepWithoutPlan(unit, decide(cause, pull, "changed-since", limits));
  const prepared = await prepare(pass, { ...unit, tenants: [], edits: marker.edits }, snapshot);
  return decideAgain(prepared, pull, state, limits, stamp);
}

function decideAgain(
  prepared: Prepared,
  pull: PullRequest,
  state: AlertState,
  limits: DecisionLimits,
  stamp: string,
): Step {
  if (prepared.changes.problems.length > 0)
    return { ...prepared, decision: { kind: "skip", reason: "incomplete-read", pull } };
  const proposal = prepared.proposal && keepText(pull, prepared.proposal, state);
  const wanted = prepared.verdict.kind === "deny" ? "denied" : proposal;
  const decision = decide(prepared.cause, pull, wanted, limits);
  if (decision.kind !== "unchanged") return { ...prepared, proposal, decision };
  // The guardrails and the spec of the default branch accept it now, not only when it was opened.
  const isAccepted = state === "firing" && prepared.proposal?.autoMerge === true && limits.complete;
  if (isAccepted) return { ...prepared, proposal, decision: { kind: "merge", pull } };
  const remember = { kind: "unchanged-pull", branch: pull.branch, stamp } as const;
  return { ...prepared, proposal, decision, remember };
}

/** Why the marker's edits must not be planned as the bot's own: a person edited the text or the branch. Else undefined. */
function editedByPerson(pull: PullRequest, marker: Marker | undefined, cause: RemedyCause): SkipReason | undefined {
  if (!pull.textByBot) return "person-edited-the-text";
  const isOurs = marker !== undefined && isDeepStrictEqual(marker.cause, cause) && isOwn(marker, cause);
  return isOurs ? undefined : "person-edited-the-branch";
}

/** Whether every value that the marker's edits change still has its old value. */
function isStillApplicable(
  { edits }: Marker,
  agents: readonly AgentKey[],
  snapshot: Snapshot,
  { survey }: Pass,
): boolean {
  const files = new Set(agents.map((key) => survey.pathOf(key)));
  return edits.every((edit) => files.has(edit.file) && isAsItWas(edit, snapshot.read(edit.file)));
}

/** Everything that the result depends on; guardrails and specs are those of the commit, `record` is what guardrails read of it. */
function stampOf(sha: Sha, pull: PullRequest, state: AlertState, record: ChangeCounts | undefined): string {
  const { head, title, body, base, botOnly, openedByBot, textByBot, handsOff } = pull;
  const fires = typeof state === "string" ? state : "resolved";
  return [
    sha,
    head,
    textHash(title, body),
    base,
    botOnly,
    openedByBot,
    textByBot,
    handsOff,
    fires,
    JSON.stringify(record),
  ].join(" ");
}

function agentsOf(cause: RemedyCause, marker: Marker | undefined): readonly AgentKey[] {
  if (!cause.agent.endsWith("/*")) return [cause.agent];
  return [...new Set((marker?.edits ?? []).map((edit) => edit.agent))].sort();
}

/** Whether the marker's edits are only about the agents of its branch: a marker is untrusted text. */
function isOwn(marker: Marker, { agent }: { readonly agent: AgentKey }): boolean {
  const prefix = agent.endsWith("/*") ? agent.slice(0, -1) : undefined;
  return marker.edits.every((edit) => (prefix === undefined ? edit.agent === agent : edit.agent.startsWith(prefix)));
}

/** Whether the file still holds the value that the edit replaces, or no value where a lower layer gave it. */
function isAsItWas(edit: Edit, bytes: Uint8Array): boolean {
  if (edit.kind === "add") return true;
  const present = valueInFile(bytes, edit.at);
  return present === undefined || isDeepStrictEqual(present, edit.from);
}

function keepText(pull: PullRequest, proposal: Proposal, state: AlertState): Proposal {
  const text = withoutMarker(pull.body).trimEnd();
  const { resolvedAt, spent } = decodeMarker(pull.body) ?? {};
  const hash = textHash(pull.title, text);
  const seldom = { ...(resolvedAt === undefined ? {} : { resolvedAt }), ...(spent === undefined ? {} : { spent }) };
  const marker: Marker = { ...proposal.marker, text: hash, ...seldom };
  const body = `${text}\n\n${encodeMarker(marker)}`;
  const kept = { ...proposal, title: pull.title, commitMessage: pull.title, body, marker };
  if (state === "unknown") return kept;
  const noted =
    state === "firing" ? withoutResolvedNote(body, pull.title) : withResolvedNote(body, pull.title, state.resolvedAt);
  const renewed = decodeMarker(noted);
  return renewed === undefined ? kept : { ...kept, body: noted, marker: renewed };
}
