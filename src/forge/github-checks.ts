import * as z from "zod";
import type { StandingPull } from "../domain/change.ts";
import type { Checks } from "./forge.ts";
import type { GitHubClient } from "./github-client.ts";
import type { Place } from "./github-standing.ts";

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
 * Check runs and commit statuses of a pull request's head, rolled up as GitHub does. The App needs *checks* and *commit
 * statuses* (read) for it; without them ForgeError "forbidden" is thrown, so that what cannot be read never counts as passed.
 */
export async function readChecks(client: GitHubClient, place: Place, pull: StandingPull): Promise<Checks> {
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
