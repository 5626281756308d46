import { isDeepStrictEqual } from "node:util";
import type { Cause, Edit, Marker, Proposal, StandingPull } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Instant, Sha } from "../domain/scalars.ts";
import { textHash } from "../pr/content-hash.ts";
import { decide } from "../pr/decide.ts";
import { decodeMarker, encodeMarker, withoutMarker } from "../pr/marker.ts";
import { withoutResolvedNote, withResolvedNote } from "../pr/resolved-note.ts";
import { prepare } from "../prepare.ts";
import { valueInFile } from "../spec/value-in-file.ts";
import type { Step } from "../step.ts";
import { type Desk, limitsOf } from "./desk.ts";
import { pathsOfAgents } from "./subject.ts";

/** What is known of an incident's alerts now: nothing where this pass was given none. */
export type AlertState = "firing" | "unknown" | { readonly resolvedAt: Instant };

/**
 * What to do about an open pull request of an alert: its edits, remembered in its marker, are planned and judged again on
 * the present commit; nobody is asked again. Its words stay, since the evidence in them is of the moment it was opened; only
 * that the alert has ended is added. Where somebody has changed a value since, it is closed: it was about another one.
 */
export async function replayed(
  desk: Desk,
  cause: Extract<Cause, { kind: "alert" }>,
  pull: StandingPull,
  state: AlertState,
): Promise<Step> {
  const { setting } = desk;
  const { view, seen, world, open } = setting;
  const limits = limitsOf({ ...desk, complete: open.complete });
  const marker = decodeMarker(pull.body);
  const agents = agentsOf(cause, marker);
  const nothing = { cause, agents, changes: undefined, verdict: undefined, proposal: undefined };
  const stamp = stampOf(view.sha, pull, state);
  if (world.settled.get(pull.branch) === stamp)
    return { ...nothing, decision: { kind: "unchanged", pull, reason: "up-to-date" } };
  if (!pull.openedByBot || pull.botOnly === false || pull.handsOff)
    return { ...nothing, decision: decide(cause, pull, undefined, limits) };
  // The edits of a marker that somebody else wrote would be replayed as the bot's own.
  if (!pull.textByBot) return { ...nothing, decision: { kind: "skip", reason: "person-edited-the-text", pull } };
  // Somebody wrote the body anew: what it was about is no longer known, so it is left to people.
  if (marker === undefined || !isDeepStrictEqual(marker.cause, cause) || !isOwn(marker, cause)) {
    return { ...nothing, decision: { kind: "skip", reason: "person-edited-the-branch", pull } };
  }
  const snapshot = await view.slice(pathsOfAgents(agents, seen.environments, world.store));
  const files = new Set(agents.map((key) => seen.pathOf(key)));
  if (!marker.edits.every((edit) => files.has(edit.file) && isAsItWas(edit, snapshot.read(edit.file)))) {
    return { ...nothing, decision: decide(cause, pull, "changed-since", limits) };
  }
  const step = await prepare(setting, { cause, agents, tenants: [], edits: marker.edits }, snapshot);
  if (step.changes.problems.length > 0) return { ...step, decision: { kind: "skip", reason: "doubtful-read", pull } };
  const proposal = step.proposal && withWordsOf(pull, step.proposal, state);
  const wanted = step.verdict.kind === "deny" ? "denied" : proposal;
  const decision = decide(cause, pull, wanted, limits);
  // Judged again just now, by the guardrails and the spec on the default branch.
  const isWanted = state === "firing" && step.proposal?.autoMerge === true;
  const isAccepted = decision.kind === "unchanged" && isWanted && limits.complete;
  if (isAccepted) return { ...step, proposal, decision: { kind: "merge", pull } };
  if (decision.kind === "unchanged") world.settled.set(pull.branch, stamp);
  return { ...step, proposal, decision };
}

/** Everything that what comes of an open pull request depends on; guardrails and specs are the commit's. */
function stampOf(sha: Sha, pull: StandingPull, state: AlertState): string {
  const { head, title, body, base, botOnly, openedByBot, textByBot, handsOff } = pull;
  const fires = typeof state === "string" ? state : "resolved";
  return [sha, head, textHash(title, body), base, botOnly, openedByBot, textByBot, handsOff, fires].join(" ");
}

function agentsOf(cause: Extract<Cause, { kind: "alert" }>, marker: Marker | undefined): readonly AgentKey[] {
  if (!cause.agent.endsWith("/*")) return [cause.agent];
  return [...new Set((marker?.edits ?? []).map((edit) => edit.agent))].sort();
}

/** A marker is outside text: its edits may only be of the agents its branch is about. */
function isOwn(marker: Marker, { agent }: { readonly agent: AgentKey }): boolean {
  const prefix = agent.endsWith("/*") ? agent.slice(0, -1) : undefined;
  return marker.edits.every((edit) => (prefix === undefined ? edit.agent === agent : edit.agent.startsWith(prefix)));
}

/** Whether the place an edit changes still holds what it was to change, or nothing where a lower layer gave the value. */
function isAsItWas(edit: Edit, bytes: Uint8Array): boolean {
  if (edit.kind === "add") return true;
  const present = valueInFile(bytes, edit.at);
  return present === undefined || isDeepStrictEqual(present, edit.from);
}

function withWordsOf(pull: StandingPull, proposal: Proposal, state: AlertState): Proposal {
  const text = withoutMarker(pull.body).trimEnd();
  const resolvedAt = decodeMarker(pull.body)?.resolvedAt;
  const hash = textHash(pull.title, text);
  const marker: Marker = { ...proposal.marker, text: hash, ...(resolvedAt === undefined ? {} : { resolvedAt }) };
  const body = `${text}\n\n${encodeMarker(marker)}`;
  const kept = { ...proposal, title: pull.title, commitMessage: pull.title, body, marker };
  if (state === "unknown") return kept;
  const noted =
    state === "firing" ? withoutResolvedNote(body, pull.title) : withResolvedNote(body, pull.title, state.resolvedAt);
  const renewed = decodeMarker(noted);
  return renewed === undefined ? kept : { ...kept, body: noted, marker: renewed };
}
