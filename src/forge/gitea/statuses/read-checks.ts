import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Checks } from "../../forge.ts";
import type { GiteaContext } from "../context.ts";
import { type CommitStatus, listStatuses } from "./list.ts";
import { isOwnStatus } from "./own-checks.ts";

/**
 * The commit statuses of a pull request's head, taken together; Gitea has no check runs, and its Actions report statuses, too.
 * Where there is none but those of RAOS, the result is "none": others may not have been reported yet. Throws ForgeError.
 */
export async function readCommitStatus(context: GiteaContext, pull: PullRequest): Promise<Checks> {
  const [statuses, { id }] = await Promise.all([listStatuses(context, pull.head), context.account()]);
  const combined = combineStatuses(statuses);
  // A failure of its own still holds a merge back.
  return combined === "passing" && statuses.every((status) => isOwnStatus(status, id)) ? "none" : combined;
}

/** What is not known to be good is not: `warning`, `error`, and states to come are "failing". */
export function combineStatuses(statuses: readonly Pick<CommitStatus, "status">[]): Checks {
  const states = new Set(statuses.map(({ status }) => status));
  if (states.size === 0) return "none";
  const isOther = [...states].some((state) => !["success", "skipped", "pending"].includes(state));
  if (isOther) return "failing";
  return states.has("pending") ? "pending" : "passing";
}
