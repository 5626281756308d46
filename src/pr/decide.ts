import { branchFor } from "../domain/branch-name.ts";
import type { Cause } from "../domain/cause.ts";
import type { Decision, SkipReason } from "../domain/decision.ts";
import type { Config } from "../domain/kinds/kinds.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { decodeMarker } from "./marker.ts";
import { isWithinSchedule } from "./schedule.ts";

export interface DecisionLimits {
  readonly config: Config;
  /** The branch that pull requests are to be merged into. */
  readonly base: string;
  /** Which limit allows no more pull requests now; undefined where one may be opened. */
  readonly full: "limits.openPulls" | "limits.pullsPerHour" | undefined;
  readonly now: Instant;
  /** Whether everything that the forge was asked for could be read. */
  readonly complete: boolean;
}

/** Why there is no proposal, other than that nothing differs. */
export type Withdrawn = "denied" | "superseded" | "resolved" | "changed-since" | "fires-again";

/**
 * Decides what to do about a cause, from the newest pull request on its branch and the proposal for it.
 *
 * Names, markers and titles prove nothing: the bot does not change a pull request that somebody else opened on the branch, and
 * it replaces a text that somebody else wrote. A person always wins: after a person's commit on the branch, the bot does not
 * change the pull request until it is closed; one that a person closed stays closed until its content changes. After an
 * incomplete read nothing is opened or closed. Where it is unknown who made the branch's commits, nothing is done. Limits and
 * the schedule apply only to opening: open pull requests are kept up to date.
 *
 * Throws RangeError where the pull request is on another branch than the cause's (a bug).
 */
export function decide(
  cause: Cause,
  newest: PullRequest | undefined,
  proposal: Proposal | Withdrawn | undefined,
  limits: DecisionLimits,
): Decision {
  const branch = branchFor(cause);
  if (newest !== undefined && newest.branch !== branch) throw new RangeError(`${newest.branch} is not ${branch}`);
  if (newest?.state === "open") return decideOpen(newest, proposal, limits);
  if (proposal === undefined || typeof proposal === "string") {
    return { kind: "unchanged", pull: undefined, reason: "nothing-to-do" };
  }
  return openIfAllowed(newest, proposal, limits);
}

function decideOpen(pull: PullRequest, proposal: Proposal | Withdrawn | undefined, limits: DecisionLimits): Decision {
  return (
    leaveToOthers(pull) ??
    (proposal === undefined || typeof proposal === "string"
      ? closeUnwanted(pull, proposal ?? "no-longer-needed", limits)
      : keepUpToDate(pull, proposal, limits))
  );
}

/** The decision where somebody else opened the pull request or committed to its branch, or that is unknown; else undefined. */
function leaveToOthers(pull: PullRequest): Decision | undefined {
  if (!pull.openedByBot) return skip("not-opened-by-raos", pull);
  if (pull.botOnly === undefined) return skip("incomplete-read", pull);
  if (!pull.botOnly || pull.handsOff) return { kind: "hands-off", pull, comment: !pull.handsOff };
  return undefined;
}

function closeUnwanted(pull: PullRequest, reason: Withdrawn | "no-longer-needed", limits: DecisionLimits): Decision {
  return limits.complete ? { kind: "close", pull, reason } : skip("incomplete-read", pull);
}

function keepUpToDate(pull: PullRequest, proposal: Proposal, limits: DecisionLimits): Decision {
  const reason = differenceOf(pull, proposal, limits);
  return reason === undefined ? { kind: "unchanged", pull, reason: "up-to-date" } : { kind: "update", pull, reason };
}

/** What differs between an open pull request and its proposal; undefined where nothing does. */
function differenceOf(
  pull: PullRequest,
  { marker: wanted }: Proposal,
  { base }: DecisionLimits,
): Extract<Decision, { kind: "update" }>["reason"] | undefined {
  const marker = decodeMarker(pull.body);
  if (marker === undefined) return "content-changed";
  if (marker.baseHash !== wanted.baseHash) return "stale-base";
  if (marker.content !== wanted.content || pull.base !== base) return "content-changed";
  return marker.text !== wanted.text || !pull.textByBot ? "text-changed" : undefined;
}

function openIfAllowed(last: PullRequest | undefined, proposal: Proposal, limits: DecisionLimits): Decision {
  if (!limits.complete) return skip("incomplete-read", last);
  const marker = last === undefined ? undefined : decodeMarker(last.body);
  const same = marker?.content === proposal.marker.content;
  if (last?.state === "closed" && !last.closedByBot && (same || marker === undefined)) {
    return skip("closed-by-a-person", last);
  }
  // It is merged, but the same content is still wanted on the same base: so the base was read before the merge.
  if (last?.state === "merged" && same && marker.base === proposal.marker.base) return skip("incomplete-read", last);
  if (!isWithinSchedule(limits.config.spec.schedule, limits.now)) return skip("outside-schedule", last);
  if (limits.full !== undefined) return skip(limits.full, last);
  return { kind: "open" };
}

function skip(reason: SkipReason, pull: PullRequest | undefined): Decision {
  return { kind: "skip", reason, pull };
}
