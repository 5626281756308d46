import type { Decision } from "../../domain/decision.ts";
import type { PullRequest } from "../../domain/pull-request.ts";

/**
 * What follows from an ended onboarding pull request; undefined where one may be proposed. A person who closed it is never asked
 * again, whatever it would hold now; and where it was merged, somebody removed the raos.yaml since.
 */
export function decideEndedOnboarding(newest: PullRequest | undefined): Decision | undefined {
  if (newest === undefined || newest.state === "open") return undefined;
  if (newest.state === "merged") return { kind: "skip", reason: "no-configuration", pull: newest };
  if (newest.closedByBot) return undefined;
  return { kind: "refused", pull: newest, comment: newest.openedByBot && !newest.handsOff };
}

/**
 * An open onboarding pull request as `decide` has to see it: where a person closed it, the bot said that it leaves the repository
 * alone; where it is open again with the bot's commits only, that no longer holds.
 */
export function reopened(pull: PullRequest | undefined): PullRequest | undefined {
  return pull?.state === "open" && pull.handsOff && pull.botOnly === true ? { ...pull, handsOff: false } : pull;
}
