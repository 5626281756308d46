import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { isRolloutComment, markedComment } from "../../comment-markers.ts";
import { ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { PageInfo, readCursorPages } from "../cursor-pages.ts";

/** Pages of a hundred comments in which the bot's own is looked for. */
const MOST_PAGES = 20;

const Comment = z.object({ fullDatabaseId: z.string(), viewerDidAuthor: z.boolean(), body: z.string() });
const Page = z.object({
  repository: z.object({
    pullRequest: z.object({
      comments: z.object({ pageInfo: PageInfo, nodes: z.array(Comment.nullable()).nullable() }),
    }),
  }),
});

const COMMENTS = `query Comments($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { fullDatabaseId viewerDidAuthor body }
      }
    }
  }
}`;

/**
 * Writes, or replaces, the bot's comment on what became of a merged pull request. All comments are looked at first, so that an answer
 * that was lost, or many comments of people, lead to no second one. Throws ForgeError.
 */
export async function showGitHubRollout(
  client: GitHubClient,
  repository: RepositoryName,
  { number }: PullRequest,
  text: string,
): Promise<void> {
  const { owner, name: repo } = repository;
  const body = markedComment("rollout", text);
  const present = await findComment(client, repository, number);
  if (present?.body.trimEnd() === body) return;
  await client.send(`comment on #${number}`, async ({ rest: { issues } }) => {
    if (present === undefined) await issues.createComment({ owner, repo, issue_number: number, body });
    else await issues.updateComment({ owner, repo, comment_id: Number(present.fullDatabaseId), body });
  });
}

async function findComment(client: GitHubClient, repository: RepositoryName, number: number) {
  let found: z.infer<typeof Comment> | undefined;
  const isComplete = await readCursorPages<z.infer<typeof Comment>>({
    most: MOST_PAGES,
    async read(after) {
      const page = await client.query("read comments", COMMENTS, { ...repository, number, after }, Page);
      return page.repository.pullRequest.comments;
    },
    take(nodes) {
      found ??= nodes.find((one) => one?.viewerDidAuthor === true && isRolloutComment(one.body)) ?? undefined;
      return found === undefined;
    },
  });
  if (found === undefined && !isComplete)
    throw new ForgeError("unavailable", `comment on #${number}: its comments cannot be read completely`);
  return found;
}
