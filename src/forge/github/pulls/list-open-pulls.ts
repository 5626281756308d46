import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { PullRequests } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import { isTemporary } from "../client/error.ts";
import type { RepositoryName } from "../context.ts";
import { PageInfo, readCursorPages } from "../cursor-pages.ts";
import { isOnBotBranch, PULL_FIELDS, PullNode, toPullRequest } from "./pull.ts";

const OpenPage = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequests: z.object({ pageInfo: PageInfo, nodes: z.array(PullNode.nullable()).nullable() }),
  }),
});

const OPEN = `query Open($owner: String!, $name: String!, $size: Int!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(states: [OPEN], first: $size, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      pageInfo { hasNextPage endCursor }
      nodes { ${PULL_FIELDS} }
    }
  }
}`;

/** Pull requests of one page; where GitHub cannot answer in time, fewer, down to the smallest page. */
const PAGE_SIZE = 100;
const SMALLEST_PAGE = 10;

/** The open pull requests on the bot's branches. Throws ForgeError where not even the first page can be read. */
export async function listOpenPulls(client: GitHubClient, repository: RepositoryName): Promise<PullRequests> {
  const pulls = new Map<number, PullRequest>();
  let hasFaults = false;
  let viewer = "";
  let size = PAGE_SIZE;
  const readPage = (after: string | null) =>
    client
      .query("read the open pull requests", OPEN, { ...repository, size, after }, OpenPage, () => {
        hasFaults = true;
      })
      .catch((error: unknown) => {
        if (isTemporary(error) && (size > SMALLEST_PAGE || pulls.size > 0)) return undefined;
        throw error;
      });
  const isComplete = await readCursorPages<PullNode>({
    most: Number.POSITIVE_INFINITY,
    async read(after) {
      let page = await readPage(after);
      // GitHub gives up on a page after ten seconds; it may manage a smaller one.
      while (page === undefined && size > SMALLEST_PAGE) {
        size = Math.floor(size / 4);
        page = await readPage(after);
      }
      viewer = page?.viewer.login ?? viewer;
      return page?.repository.pullRequests;
    },
    take(nodes) {
      for (const node of nodes)
        if (node !== null && isOnBotBranch(node)) pulls.set(node.number, toPullRequest(node, viewer));
      return true;
    },
  });
  return {
    pulls: [...pulls.values()],
    complete: isComplete && !hasFaults,
    account: viewer === "" ? undefined : viewer,
  };
}
