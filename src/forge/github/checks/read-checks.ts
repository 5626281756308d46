import * as z from "zod";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Checks } from "../forge.ts";
import type { GitHubClient } from "./client/client.ts";
import type { RepositoryName } from "./context.ts";

const CHECKS = `query Checks($owner: String!, $name: String!, $head: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $head) { ... on Commit { statusCheckRollup { state } } }
  }
}`;

const Answer = z.object({
  repository: z.object({
    object: z.object({ statusCheckRollup: z.object({ state: z.string() }).nullable() }).nullable(),
  }),
});

/**
 * The combined result of the check runs and commit statuses of a pull request's head, as GitHub combines them. The App needs
 * *checks* and *commit statuses* (read). Without them it throws ForgeError "forbidden", so that unreadable checks never pass.
 */
export async function readChecks(client: GitHubClient, place: RepositoryName, pull: PullRequest): Promise<Checks> {
  const { repository } = await client.query(
    `read the checks of #${pull.number}`,
    CHECKS,
    { ...place, head: pull.head },
    Answer,
  );
  const state = repository.object?.statusCheckRollup?.state;
  switch (state) {
    case undefined:
      return "none";
    case "SUCCESS":
      return "passing";
    case "PENDING":
    case "EXPECTED":
      return "pending";
    default:
      return "failing";
  }
}
