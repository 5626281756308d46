import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import type { GitHubClient } from "../client/client.ts";
import { isTemporary } from "../client/error.ts";
import type { RepositoryName } from "../context.ts";
import { PageInfo, readCursorPages } from "../cursor-pages.ts";
import { isBotPull, PULL_FIELDS, PullNode, toPullRequest } from "./pull.ts";

/** Pull requests of some branches, as far as they could be read. */
export interface BranchPulls {
  readonly pulls: readonly PullRequest[];
  readonly complete: boolean;
  /** The branches' commits; undefined: there is no such branch. */
  readonly heads: ReadonlyMap<string, Sha | undefined>;
}

const PullPage = z.object({ pageInfo: PageInfo, nodes: z.array(PullNode.nullable()).nullable() });
type PullPage = z.infer<typeof PullPage>;
const Pages = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.record(z.string(), PullPage),
});
const Heads = z.record(
  z.string(),
  z
    .object({ target: z.object({ oid: z.string() }).nullable() })
    .nullable()
    .optional(),
);
const PagesAndHeads = Pages.extend({ heads: Heads });

/** Ended pull requests of a branch in the first document: forks may have some of the same branch name. */
const NEWEST = 5;
/** Most pages read for one branch, the first one counted. */
const MOST_PAGES = 20;
const ARGUMENTS = "states: [CLOSED, MERGED], orderBy: {field: CREATED_AT, direction: DESC}";

/**
 * The bot's newest closed or merged pull request of each branch, also of its former accounts, and the branches' commits, in one document. `heads` is
 * empty where the answer has gaps. Throws ForgeError where GitHub refuses.
 */
export async function listEndedPulls(
  client: GitHubClient,
  repository: RepositoryName,
  branches: readonly string[],
  former: readonly string[] = [],
): Promise<BranchPulls> {
  const names = branches.flatMap((branch, index) => [
    [`b${index}`, branch],
    [`r${index}`, `refs/heads/${branch}`],
  ]);
  let hasFaults = false;
  const answer = await client
    .query(
      "read closed pull requests",
      documentFor(branches.length),
      { ...repository, ...Object.fromEntries(names) },
      PagesAndHeads,
      () => {
        hasFaults = true;
      },
    )
    .catch((error: unknown) => {
      if (isTemporary(error)) return undefined;
      throw error;
    });
  if (answer === undefined) return { pulls: [], complete: false, heads: new Map() };
  const pulls: PullRequest[] = [];
  let complete = !hasFaults;
  for (const [index, branch] of branches.entries()) {
    const page = answer.repository[`p${index}`];
    const found =
      page === undefined
        ? "unknown"
        : await newestOwnPull(client, repository, branch, page, { viewer: answer.viewer.login, former });
    if (found === "unknown") complete = false;
    else if (found !== "none") pulls.push(found);
  }
  const heads = branches.map((branch, index) => [branch, answer.heads[`r${index}`]?.target?.oid] as const);
  return { pulls, complete, heads: new Map(complete ? heads : []) };
}

function documentFor(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const parameters = indexes.map((index) => `$b${index}: String!, $r${index}: String!`).join(", ");
  const pages = indexes.map(
    (index) =>
      `p${index}: pullRequests(headRefName: $b${index}, ${ARGUMENTS}, first: ${NEWEST}) { pageInfo { hasNextPage endCursor } nodes { ${PULL_FIELDS} } }`,
  );
  const refs = indexes.map((index) => `r${index}: ref(qualifiedName: $r${index}) { target { oid } }`);
  const where = "repository(owner: $owner, name: $name)";
  return `query Closed($owner: String!, $name: String!, ${parameters}) {
    viewer { login }
    ${where} { ${pages.join("\n")} }
    heads: ${where} { ${refs.join("\n")} }
  }`;
}

const MORE = `query MoreClosed($owner: String!, $name: String!, $branch: String!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    page: pullRequests(headRefName: $branch, ${ARGUMENTS}, first: 50, after: $after) { pageInfo { hasNextPage endCursor } nodes { ${PULL_FIELDS} } }
  }
}`;

/** Forks may have any number of closed pull requests of the same branch name: reads on until one is the bot's. */
async function newestOwnPull(
  client: GitHubClient,
  repository: RepositoryName,
  branch: string,
  first: PullPage,
  { viewer, former }: { readonly viewer: string; readonly former: readonly string[] },
): Promise<PullRequest | "none" | "unknown"> {
  let found: PullNode | undefined;
  const isComplete = await readCursorPages<PullNode>({
    most: MOST_PAGES,
    async read(after) {
      if (after === null) return first;
      const variables = { ...repository, branch, after };
      return (await client.query("read closed pull requests", MORE, variables, Pages)).repository.page;
    },
    take(nodes) {
      if (nodes.includes(null)) return false;
      found =
        nodes.find((node) => node !== null && [viewer, ...former].some((login) => isBotPull(node, login))) ?? undefined;
      return found === undefined;
    },
  });
  if (found !== undefined) return toPullRequest(found, viewer);
  return isComplete ? "none" : "unknown";
}
