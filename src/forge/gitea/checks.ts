import * as z from "zod";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Checks } from "../forge.ts";
import type { GiteaContext } from "./context.ts";

const CombinedStatus = z.object({ state: z.string(), total_count: z.int() });

/**
 * The combined commit status of a pull request's head; Gitea has no check runs, and its Actions report commit statuses, too. A
 * state that is not known to be good is "failing": `warning`, `error`, and those to come. Throws ForgeError.
 */
export async function readCommitStatus({ client, path }: GiteaContext, pull: PullRequest): Promise<Checks> {
  const doing = `read the statuses of #${pull.number}`;
  const found = await client.get(doing, `${path}/commits/${encodeURIComponent(pull.head)}/status`, CombinedStatus);
  if (found === undefined || found.total_count === 0) return "none";
  switch (found.state) {
    case "success":
    case "skipped":
      return "passing";
    case "pending":
      return "pending";
    default:
      return "failing";
  }
}
