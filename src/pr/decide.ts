import type { Cause, Decision, Proposal, SkipReason, StandingPull } from "../domain/change.ts";
import type { Config } from "../domain/kinds.ts";
import type { Instant } from "../domain/scalars.ts";
import { branchFor } from "./branch.ts";
import { decodeMarker } from "./marker.ts";
import { isOpen } from "./schedule.ts";

export interface DecisionLimits {
  readonly config: Config;
  /** The branch that pull requests are to be merged into. */
  readonly base: string;
  /** Why no more pull requests may be opened now; undefined where there is room. */
  readonly full: "limits.openPulls" | "limits.pullsPerHour" | undefined;
  readonly now: Instant;
  /** Whether everything the forge was asked for could be read. */
  readonly complete: boolean;
}

/** Why there is no proposal, where it is not simply that nothing differs. */
export type Withdrawn = "denied" | "superseded" | "resolved" | "changed-since";

/**
 * What to do about a cause, given the newest pull request on its branch and what it should hold now.
 *
 * Names, markers and titles prove nothing: a pull request that somebody else opened on the branch is left to them, and a
 * text that somebody else wrote is written anew. A person always wins: one commit of theirs on the branch, and the bot keeps its hands off until the pull request is
 * closed; a pull request they closed stays closed until its content changes. On a doubtful read nothing is opened or
 * closed, and where it is unknown who made the branch's commits, nothing is done at all. Limits and the schedule hold
 * for opening alone: what stands is kept up to date.
 *
 * Throws RangeError where the pull request lies on another branch than the cause's (a bug).
 */
export function decide(
  cause: Cause,
  standing: StandingPull | undefined,
  proposal: Proposal | Withdrawn | undefined,
  limits: DecisionLimits,
): Decision {
  const branch = branchFor(cause);
  if (standing !== undefined && standing.branch !== branch) throw new RangeError(`${standing.branch} is not ${branch}`);
  if (standing?.state === "open") return aboutOpen(standing, proposal, limits);
  if (proposal === undefined || typeof proposal === "string") {
    return { kind: "unchanged", pull: undefined, reason: "nothing-to-do" };
  }
  return mayOpen(standing, proposal, limits);
}

function aboutOpen(pull: StandingPull, proposal: Proposal | Withdrawn | undefined, limits: DecisionLimits): Decision {
  if (!pull.openedByBot) return skip("not-opened-by-raos", pull);
  if (pull.botOnly === undefined) return skip("doubtful-read", pull);
  if (!pull.botOnly || pull.handsOff) return { kind: "hands-off", pull, comment: !pull.handsOff };
  if (proposal === undefined || typeof proposal === "string") {
    if (!limits.complete) return skip("doubtful-read", pull);
    return { kind: "close", pull, reason: proposal ?? "no-longer-needed" };
  }
  const marker = decodeMarker(pull.body);
  const wanted = proposal.marker;
  if (marker === undefined) return { kind: "update", pull, reason: "content-changed" };
  if (marker.under !== wanted.under) return { kind: "update", pull, reason: "stale-base" };
  if (marker.content !== wanted.content) return { kind: "update", pull, reason: "content-changed" };
  if (pull.base !== limits.base) return { kind: "update", pull, reason: "content-changed" };
  if (marker.text !== wanted.text || !pull.textByBot) return { kind: "update", pull, reason: "text-changed" };
  return { kind: "unchanged", pull, reason: "up-to-date" };
}

function mayOpen(last: StandingPull | undefined, proposal: Proposal, limits: DecisionLimits): Decision {
  if (!limits.complete) return skip("doubtful-read", last);
  const marker = last === undefined ? undefined : decodeMarker(last.body);
  const same = marker?.content === proposal.marker.content;
  if (last?.state === "closed" && !last.closedByBot && (same || marker === undefined)) {
    return skip("closed-by-a-person", last);
  }
  // Merged, and yet the very same is wanted on the very same base: the base was read before the merge.
  if (last?.state === "merged" && same && marker.base === proposal.marker.base) return skip("doubtful-read", last);
  if (!isOpen(limits.config.spec.schedule, limits.now)) return skip("outside-schedule", last);
  if (limits.full !== undefined) return skip(limits.full, last);
  return { kind: "open" };
}

function skip(reason: SkipReason, pull: StandingPull | undefined): Decision {
  return { kind: "skip", reason, pull };
}
