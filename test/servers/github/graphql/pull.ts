import { GraphQLError } from "graphql";
import type { Account, Comment, Issue, Pull } from "../model/model.ts";
import { nodeId, pullId } from "../model/node-ids.ts";
import { listed } from "../model/replica.ts";
import { mergeability } from "../pulls/merging.ts";
import { changedFiles, pullCommits } from "../pulls/pull-commits.ts";
import { hasMergeQueue, mergeStateOf, reviewDecision } from "../rules/rules.ts";
import { connection, type PageArguments } from "./connection.ts";
import {
  actorShape,
  commitShape,
  editShape,
  labelShape,
  objectShape,
  type RequestContext,
  refShape,
  repositoryShape,
  type Shape,
  teamShape,
  viewerAccount,
} from "./types.ts";

export function pullShape(asking: RequestContext, pull: Pull): Shape {
  const { world } = asking;
  const { repository } = pull;
  const didAuthor = (account: Account): boolean => viewerAccount(asking.caller)?.id === account.id;
  return {
    __typename: "PullRequest",
    id: pullId(pull),
    databaseId: pull.id,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    closed: pull.state !== "OPEN",
    merged: pull.state === "MERGED",
    isDraft: pull.draft,
    url: `${world.url}/${repository.owner.login}/${repository.name}/pull/${pull.number}`,
    author: () => actorShape(asking, pull.author),
    viewerDidAuthor: didAuthor(pull.author),
    ...editShape(asking, pull.lastEdit),
    // What classic branch protection asks for; the test GitHub has rulesets alone, which are not shown here.
    baseRef: async () => {
      const ref = await refShape(asking, repository, `refs/heads/${pull.baseRef}`);
      return ref && { ...ref, refUpdateRule: null };
    },
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseOid,
    headRefName: pull.headRef,
    headRefOid: pull.head,
    headRef: () => refShape(asking, pull.headRepository, `refs/heads/${pull.headRef}`),
    headRepository: () => repositoryShape(asking, pull.headRepository),
    isCrossRepository: pull.headRepository !== repository,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closings.at(-1)?.at ?? null,
    mergedAt: pull.mergedAt ?? null,
    mergedBy: () => (pull.mergedBy === undefined ? null : actorShape(asking, pull.mergedBy)),
    mergeCommit: () => (pull.mergeCommit === undefined ? null : objectShape(asking, repository, pull.mergeCommit)),
    mergeable: () => mergeability(pull),
    mergeStateStatus: async () => ((await mergeability(pull)) === "CONFLICTING" ? "DIRTY" : mergeStateOf(pull)),
    reviewDecision: reviewDecision(pull) ?? null,
    isInMergeQueue: pull.isQueued,
    isMergeQueueEnabled: hasMergeQueue(pull),
    autoMergeRequest: pull.autoMergeBy === undefined ? null : { enabledBy: actorShape(asking, pull.autoMergeBy) },
    labels: (page: PageArguments) => connection(pull.labels, page, labelShape),
    comments: (page: PageArguments) =>
      connection(listed(world, pull, asking.view)?.comments ?? [], page, (comment) =>
        commentShape(asking, pull, comment),
      ),
    commits: async (page: PageArguments) =>
      connection(await pullCommits(pull), page, (commit) => ({
        __typename: "PullRequestCommit",
        id: nodeId("PURC", pull.id, commit.oid),
        commit: commitShape(asking, repository, commit),
      })),
    files: async (page: PageArguments) => connection(await changedFiles(pull), page, (path) => ({ path })),
    reviewRequests: (page: PageArguments) =>
      connection([...pull.reviewers, ...pull.teams], page, (reviewer) => ({
        requestedReviewer: "slug" in reviewer ? teamShape(reviewer) : actorShape(asking, reviewer),
      })),
    timelineItems: (page: PageArguments & { readonly itemTypes?: readonly string[] }) => {
      if (page.itemTypes?.join() !== "CLOSED_EVENT")
        throw new GraphQLError("The test GitHub has only CLOSED_EVENT timeline items");
      const seen = listed(world, pull, asking.view);
      return connection(seen !== undefined && "closings" in seen ? seen.closings : [], page, (closing) => ({
        __typename: "ClosedEvent",
        id: nodeId("CE", pull.id, closing.at),
        actor: actorShape(asking, closing.actor),
        createdAt: closing.at,
      }));
    },
    repository: () => repositoryShape(asking, repository),
  };
}

export function commentShape(asking: RequestContext, on: Pull | Issue, comment: Comment): Shape {
  return {
    __typename: "IssueComment",
    id: nodeId("IC", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: actorShape(asking, comment.author),
    ...editShape(asking, comment.lastEdit),
    viewerDidAuthor: viewerAccount(asking.caller)?.id === comment.author.id,
    createdAt: comment.createdAt,
    url: `${asking.world.url}/${on.repository.owner.login}/${on.repository.name}/${"kind" in on ? "issues" : "pull"}/${on.number}#issuecomment-${comment.id}`,
  };
}
