import { countBetween } from "../git/commits.ts";
import type { Shape } from "../graphql/types.ts";
import type { Comment, Issue, Pull, Repository, World } from "../model/model.ts";
import { issueId, nodeId, pullId } from "../model/node-ids.ts";
import { mergeability } from "../pulls/merging.ts";
import { pullCommits } from "../pulls/pull-commits.ts";
import { labelShape, repositoryShape, userShape, viaApp } from "./shapes.ts";

/** Pull requests and what belongs to them, as REST's schemas describe them. */

const NO_REACTIONS = {
  total_count: 0,
  "+1": 0,
  "-1": 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
};

export function commentShape(world: World, pull: Pull | Issue, comment: Comment): Shape {
  const repo = `${pull.repository.owner.login}/${pull.repository.name}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url: `${world.url}/repos/${repo}/issues/comments/${comment.id}`,
    html_url: `${world.url}/${repo}/pull/${pull.number}#issuecomment-${comment.id}`,
    issue_url: `${world.url}/repos/${repo}/issues/${pull.number}`,
    user: userShape(world, comment.author),
    body: comment.body,
    author_association: "CONTRIBUTOR",
    performed_via_github_app: viaApp(world, comment.author),
    reactions: { url: `${world.url}/repos/${repo}/issues/comments/${comment.id}/reactions`, ...NO_REACTIONS },
    created_at: comment.createdAt,
    updated_at: comment.lastEdit?.at ?? comment.createdAt,
  };
}

/** A pull request as lists hold it. */
export function pullSimpleShape(world: World, pull: Pull): Shape {
  const { repository } = pull;
  const repo = `${repository.owner.login}/${repository.name}`;
  const url = `${world.url}/repos/${repo}/pulls/${pull.number}`;
  const issue = `${world.url}/repos/${repo}/issues/${pull.number}`;
  const html = `${world.url}/${repo}/pull/${pull.number}`;
  const statuses = `${world.url}/repos/${repo}/statuses/${pull.head}`;
  const end = (side: Repository, ref: string, sha: string): Shape => ({
    label: `${side.owner.login}:${ref}`,
    ref,
    sha,
    user: userShape(world, side.owner),
    repo: repositoryShape(world, side),
  });
  return {
    id: pull.id,
    node_id: pullId(pull),
    number: pull.number,
    state: pull.state === "OPEN" ? "open" : "closed",
    locked: false,
    title: pull.title,
    body: pull.body === "" ? null : pull.body,
    draft: pull.draft,
    active_lock_reason: null,
    user: userShape(world, pull.author),
    author_association: "CONTRIBUTOR",
    auto_merge: null,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.reviewers.map((user) => userShape(world, user)),
    requested_teams: [],
    labels: pull.labels.map((label) => labelShape(world, repository, label)),
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.state === "OPEN" ? null : (pull.closings.at(-1)?.at ?? null),
    merged_at: pull.mergedAt ?? null,
    merge_commit_sha: pull.mergeCommit ?? null,
    head: end(pull.headRepository, pull.headRef, pull.head),
    base: end(repository, pull.baseRef, pull.baseOid),
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    comments_url: `${issue}/comments`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${world.url}/repos/${repo}/pulls/comments{/number}`,
    statuses_url: statuses,
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${world.url}/repos/${repo}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
  };
}

/** A pull request with its counts and, computed lazily, whether it merges. */
export async function pullFullShape(world: World, pull: Pull): Promise<Shape> {
  const stat = await pull.repository.git
    .git("diff", "--numstat", "-z", `${pull.baseOid}...${pull.head}`)
    .catch(() => "");
  const counts = stat
    .split("\0")
    .map((line) => /^(\d+|-)\t(\d+|-)\t/.exec(line))
    .filter((match) => match !== null);
  const sum = (column: 1 | 2): number => counts.reduce((total, match) => total + (Number(match[column]) || 0), 0);
  const found = await mergeability(pull);
  return {
    ...pullSimpleShape(world, pull),
    merged: pull.state === "MERGED",
    mergeable: found === "UNKNOWN" ? null : found === "MERGEABLE",
    mergeable_state: found === "UNKNOWN" ? "unknown" : found === "MERGEABLE" ? "clean" : "dirty",
    merged_by: pull.mergedBy === undefined ? null : userShape(world, pull.mergedBy),
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits:
      pull.state === "MERGED"
        ? await countBetween(pull.repository.git, pull.baseOid, pull.head)
        : (await pullCommits(pull)).length,
    additions: sum(1),
    deletions: sum(2),
    changed_files: counts.length,
  };
}

/** A pull request as the issue it also is. */
export function issueShape(world: World, pull: Pull): Shape {
  const { repository } = pull;
  const repo = `${repository.owner.login}/${repository.name}`;
  const url = `${world.url}/repos/${repo}/issues/${pull.number}`;
  const { id, node_id, number, title, body, user, labels, html_url, diff_url, patch_url, ...rest } = pullSimpleShape(
    world,
    pull,
  );
  return {
    id,
    node_id,
    number,
    title,
    body,
    user,
    labels,
    html_url,
    url,
    state: rest.state,
    state_reason: null,
    draft: pull.draft,
    locked: false,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: pull.comments.length,
    author_association: "CONTRIBUTOR",
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: rest.closed_at,
    repository_url: `${world.url}/repos/${repo}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    performed_via_github_app: viaApp(world, pull.author),
    reactions: { url: `${url}/reactions`, ...NO_REACTIONS },
    pull_request: { url: rest.url, html_url, diff_url, patch_url, merged_at: pull.mergedAt ?? null },
  };
}

/** An issue that is no pull request. */
export function plainIssueShape(world: World, issue: Issue): Shape {
  const { repository, number } = issue;
  const repo = `${repository.owner.login}/${repository.name}`;
  const url = `${world.url}/repos/${repo}/issues/${number}`;
  return {
    ...{ id: issue.id, node_id: issueId(issue), number, title: issue.title, body: issue.body },
    ...{ user: userShape(world, issue.author), html_url: `${world.url}/${repo}/issues/${number}`, url },
    labels: issue.labels.map((label) => labelShape(world, repository, label)),
    ...{ state: issue.state.toLowerCase(), state_reason: null, locked: false, active_lock_reason: null },
    ...{ assignee: null, assignees: [], milestone: null, comments: issue.comments.length },
    ...{ author_association: "CONTRIBUTOR", created_at: issue.createdAt, updated_at: issue.updatedAt },
    closed_at: issue.closedAt ?? null,
    repository_url: `${world.url}/repos/${repo}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    performed_via_github_app: viaApp(world, issue.author),
    reactions: { url: `${url}/reactions`, ...NO_REACTIONS },
  };
}
