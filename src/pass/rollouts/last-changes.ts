import type { PullRequest } from "../../domain/pull-request.ts";
import type { RolloutOutlook } from "../../domain/rollout/report.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import { readRolloutText } from "../../pr/rollout/rollout-text.ts";

/** What became of the last change of an agent in an environment, and the pull request that brought it. */
export interface LastChange {
  /** Left out: it is not judged yet. */
  readonly verdict?: RolloutOutlook;
  readonly pull: number;
}

/**
 * What became of the pull request that brought what is wanted, for each roll-out, as the comments of these pull requests say it. One
 * that was replaced before it was judged says nothing of a later one that brought the same.
 */
export function lastChangesIn(pulls: readonly PullRequest[]): (rollout: Rollout) => LastChange | undefined {
  const found = new Map<string, LastChange>();
  for (const { number, rollout } of pulls.toSorted((a, b) => a.number - b.number))
    for (const row of (rollout === undefined ? undefined : readRolloutText(rollout))?.rows ?? [])
      if (row.state !== "replaced" && row.state !== "removed") found.set(keyOf(row), changeOf(number, row.outlook));
  return ({ agent, environment, wanted }) => found.get(keyOf({ agent, environment, digest: wanted.digest }));
}

function changeOf(pull: number, verdict: RolloutOutlook | undefined): LastChange {
  return verdict === undefined ? { pull } : { pull, verdict };
}

function keyOf({ agent, environment, digest }: Record<"agent" | "environment" | "digest", string>): string {
  return `${environment} ${agent} ${digest}`;
}
