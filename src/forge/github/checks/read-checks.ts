import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Checks } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";

const CHECKS = `query Checks($owner: String!, $name: String!, $head: GitObjectID!) {
  repository(owner: $owner, name: $name) {
    object(oid: $head) { ... on Commit { statusCheckRollup {
      state contexts(first: 100) { totalCount nodes { ... on CheckRun { checkSuite { app { databaseId } } } } }
    } } }
  }
}`;

const Run = z.object({
  checkSuite: z.object({ app: z.object({ databaseId: z.int().nullable() }).nullable() }).optional(),
});
const Rollup = z.object({
  state: z.string(),
  contexts: z.object({ totalCount: z.int(), nodes: z.array(Run.nullable()).nullable() }),
});

const Answer = z.object({
  repository: z.object({
    object: z.object({ statusCheckRollup: Rollup.nullable() }).nullable(),
  }),
});

/**
 * The combined result of the check runs and commit statuses of a pull request's head, as GitHub combines them. The App needs
 * *checks* and *commit statuses* (read). Without them it throws ForgeError "forbidden", so that unreadable checks never pass.
 * Where there is no check but that of `app`, RAOS's own, the result is "none": those of others may not have started yet.
 */
export async function readChecks(
  client: GitHubClient,
  place: RepositoryName,
  pull: PullRequest,
  app: number | undefined,
): Promise<Checks> {
  const { repository } = await client.query(
    `read the checks of #${pull.number}`,
    CHECKS,
    { ...place, head: pull.head },
    Answer,
  );
  const rollup = repository.object?.statusCheckRollup;
  switch (isOnlyOf(app, rollup) ? undefined : rollup?.state) {
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

function isOnlyOf(app: number | undefined, rollup: z.infer<typeof Rollup> | null | undefined): boolean {
  const nodes = rollup?.contexts.nodes ?? [];
  // A failure of its own still holds a merge back.
  if (app === undefined || rollup?.state !== "SUCCESS" || rollup.contexts.totalCount > nodes.length) return false;
  return nodes.every((node) => node?.checkSuite?.app?.databaseId === app);
}
