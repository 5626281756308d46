import type { RolloutRow } from "../../domain/rollout/report.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import type { RolloutTimes } from "../../domain/rollout-verdict/rollout-verdict.ts";
import { momentOfLook } from "../../domain/rollout-verdict/timing.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { BroughtRelease } from "./merged-release.ts";

/** What is known of a release now. */
export interface FollowedRelease {
  readonly release: BroughtRelease;
  /** What was said of it before; undefined: nothing. */
  readonly before: RolloutRow | undefined;
  /** How far what the default branch wants now has come; undefined: nothing is wanted there any more. */
  readonly rollout: Rollout | undefined;
  readonly mergedAt: Instant;
  readonly now: Instant;
  /** How long after it runs it is looked at, in milliseconds. */
  readonly after: number;
  /** Whether anything is measured there: then a comparison needs its minutes. */
  readonly isMeasured: boolean;
  /** Whether a cluster is configured there: then it may show later what runs. */
  readonly hasCluster: boolean;
}

/** A row; where it waits for a verdict, when that is due, and between which times it was rolled out. */
export type FollowedRow =
  | { readonly row: RolloutRow; readonly lookAt?: undefined }
  | { readonly row: RolloutRow; readonly lookAt: Instant; readonly times: RolloutTimes };

/** How long it is waited for a cluster that does not show what runs. Milliseconds: a day. */
const HIDDEN = 86_400_000;
/** How long a roll-out that does not end is followed. Milliseconds: three days. */
const LONGEST = 3 * 86_400_000;

/**
 * The row of a release. One that was judged stays as it is. What the controller gave up is worse without any measurement; what is not
 * known to run counts from the merge.
 */
export function followRow(followed: FollowedRelease): FollowedRow {
  const { release, before, rollout } = followed;
  if (before !== undefined && (before.outlook !== undefined || isEnd(before))) return { row: before };
  if (rollout === undefined) return ended(release, "removed");
  return rollout.wanted.digest === release.digest ? followPhase(followed, rollout) : ended(release, "replaced");
}

function followPhase(followed: FollowedRelease, rollout: Rollout): FollowedRow {
  switch (rollout.phase) {
    case "running":
    case "unknown":
      return waiting(followed, rollout);
    case "failed":
    case "rolled-back":
      return { row: { ...rowOf(followed, withEarlierWords(followed.before, rollout)), outlook: "worse" } };
    case "pending":
    case "rolling":
    case "held-up":
      return onItsWay(followed, rollout);
    default:
      return rollout satisfies never;
  }
}

function waiting(followed: FollowedRelease, rollout: Rollout): FollowedRow {
  const { before, mergedAt, after, isMeasured, hasCluster } = followed;
  const isSame = before?.state === rollout.phase;
  // A cluster may name a later moment after a pod was replaced: what counts is when it first ran.
  const since = (isSame ? before.since : undefined) ?? rollout.since ?? mergedAt;
  const times = { changeAt: mergedAt, settledAt: Math.max(since, mergedAt) };
  return {
    row: { ...rowOf(followed, rollout), since },
    times,
    lookAt: Math.max(
      times.settledAt + after,
      isMeasured ? momentOfLook(times) : 0,
      hasCluster && rollout.phase === "unknown" ? mergedAt + HIDDEN : 0,
    ),
  };
}

/**
 * What failed, with what was seen while it rolled out: a controller that rolls back takes away the pods that did not start, and with
 * them the words that say why.
 */
function withEarlierWords(before: RolloutRow | undefined, rollout: Rollout): Rollout {
  const { reason } = rollout;
  const earlier = before?.state === "rolling" ? before.reason : undefined;
  if (earlier === undefined || reason === undefined || reason.includes(earlier)) return rollout;
  return { ...rollout, reason: `${reason}. While it rolled out: ${earlier}` };
}

function onItsWay(followed: FollowedRelease, rollout: Rollout): FollowedRow {
  const row = rowOf(followed, rollout);
  const isLate = followed.now - followed.mergedAt > LONGEST;
  return { row: isLate ? { ...row, outlook: "cannot-tell" } : row };
}

function rowOf({ release, before }: FollowedRelease, { phase, since, reason }: Rollout): RolloutRow {
  const began = since ?? (before?.state === phase ? before.since : undefined);
  return {
    ...placeOf(release),
    state: phase,
    ...(reason === undefined ? {} : { reason: reason.slice(0, 600) }),
    ...(began === undefined ? {} : { since: began }),
  };
}

function placeOf({ agent, environment, digest }: BroughtRelease): Pick<RolloutRow, "agent" | "environment" | "digest"> {
  return { agent, environment, digest };
}

function ended(release: BroughtRelease, state: "removed" | "replaced"): FollowedRow {
  return { row: { ...placeOf(release), state } };
}

/** Whether nothing is to be found out any more. */
export function isEnd({ state, outlook }: RolloutRow): boolean {
  return state === "replaced" || state === "removed" || outlook !== undefined;
}
