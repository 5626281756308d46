import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Instant, Sha } from "../../../domain/values/scalars.ts";
import { ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import {
  COMMIT_FIELDS,
  CommitNode,
  isBotCommit,
  isOnBotBranch,
  PULL_FIELDS,
  PullNode,
  toPullRequest,
} from "../pulls/pull.ts";

const BRANCH = `query Branch($owner: String!, $name: String!, $branch: String!, $ref: String!, $base: String!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    pullRequests(headRefName: $branch, states: [OPEN], first: 20) { pageInfo { hasNextPage } nodes { ${PULL_FIELDS} } }
    ref(qualifiedName: $ref) { target { oid } }
    base: ref(qualifiedName: $base) {
      compare(headRef: $ref) {
        aheadBy
        commits(first: 100) { nodes { ${COMMIT_FIELDS} } }
      }
    }
  }
}`;
const Pulls = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean() }),
  nodes: z.array(PullNode.nullable()).nullable(),
});
const Ahead = z.object({
  aheadBy: z.number(),
  commits: z.object({ nodes: z.array(CommitNode.nullable()).nullable() }),
});
const BranchAnswer = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequests: Pulls,
    ref: z.object({ target: z.object({ oid: z.string() }).nullable() }).nullable(),
    base: z.object({ compare: Ahead.nullable() }).nullable(),
  }),
});

/** What a branch of the bot holds. */
export type BranchContent =
  | { readonly kind: "pull"; readonly pull: PullRequest }
  /**
   * No open pull request is listed. `head` undefined: there is no branch either. `newestCommitAt`: undefined where the branch
   * has no commit of its own.
   */
  | { readonly kind: "branch"; readonly head: Sha | undefined; readonly newestCommitAt: Instant | undefined };

type Answer = z.infer<typeof BranchAnswer>;

/**
 * Reads what a branch of the bot holds. Throws ForgeError "conflict" where it holds a commit that is not the bot's, or more
 * commits than can be read, so that a person's work is never overwritten. One read.
 */
export async function readBranch(
  client: GitHubClient,
  repository: RepositoryName,
  branch: string,
  base: string,
): Promise<BranchContent> {
  const names = { branch, ref: `refs/heads/${branch}`, base: `refs/heads/${base}` };
  const doing = `look at the branch ${branch}`;
  // For a branch that does not exist, GitHub answers the comparison with null or a fault; both are ignored.
  const answer = await client.query(doing, BRANCH, { ...repository, ...names }, BranchAnswer, () => {});
  const { nodes, pageInfo } = answer.repository.pullRequests;
  const node = nodes?.find((each) => each !== null && isOnBotBranch(each));
  if (node !== undefined && node !== null) return ownPull(toPullRequest(node, answer.viewer.login), branch);
  if (nodes === null || nodes.includes(null) || pageInfo.hasNextPage)
    throw new ForgeError("unavailable", `${doing}: the answer is not complete`);
  return ownCommits(answer, branch);
}

function ownPull(pull: PullRequest, branch: string): BranchContent {
  if (!pull.openedByBot) throw new ForgeError("conflict", `#${pull.number} on ${branch} was opened by somebody else`);
  if (pull.botOnly === true) return { kind: "pull", pull };
  throw new ForgeError("conflict", `#${pull.number} on ${branch} holds commits that are not the bot's`);
}

function ownCommits({ viewer, repository }: Answer, branch: string): BranchContent {
  const head = repository.ref?.target?.oid;
  if (head === undefined) return { kind: "branch", head: undefined, newestCommitAt: undefined };
  const ahead = repository.base?.compare;
  const commits = (ahead?.commits.nodes ?? []).filter((commit) => commit !== null);
  const isAll = ahead !== null && ahead !== undefined && commits.length === ahead.aheadBy;
  if (isAll && commits.every((commit) => isBotCommit(commit, viewer.login))) {
    const newest = commits.map((commit) => Date.parse(commit.committedDate)).sort((a, b) => b - a)[0];
    return { kind: "branch", head, newestCommitAt: newest };
  }
  throw new ForgeError("conflict", `the branch ${branch} holds commits that are not the bot's; delete or rename it`);
}
