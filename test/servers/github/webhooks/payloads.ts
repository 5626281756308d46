import { type Commit, commitsBetween, readCommit } from "../git/commits.ts";
import { NO_OID } from "../git/git-store.ts";
import type { Shape } from "../graphql/types.ts";
import type { Account, CheckRun, Installation, Repository, World, WorldEvent } from "../model/model.ts";
import { checkRunShape } from "../rest/checks.ts";
import { commentShape, issueShape, plainIssueShape, pullFullShape } from "../rest/pull-shapes.ts";
import { installationShape, repositoryShape, userShape } from "../rest/shapes.ts";

/** The body of a webhook for this event, as GitHub's OpenAPI (`x-webhooks`) describes it. */
export async function payloadOf(world: World, event: WorldEvent): Promise<Shape> {
  const sender = userShape(world, event.actor);
  switch (event.kind) {
    case "push":
      return { ...(await pushPayload(world, event)), sender, ...installed(world, event.repository) };
    case "pull_request": {
      const { pull } = event;
      const moved = event.action === "synchronize" ? { before: event.before ?? NO_OID, after: pull.head } : {};
      const changes = event.action === "edited" ? { changes: {} } : {};
      return {
        action: event.action,
        number: pull.number,
        pull_request: await pullFullShape(world, pull),
        ...moved,
        ...changes,
        repository: repositoryShape(world, pull.repository),
        sender,
        ...installed(world, pull.repository),
      };
    }
    case "issue_comment": {
      const { pull } = event;
      const issue = issueShape(world, pull);
      return {
        action: "created",
        issue,
        comment: commentShape(world, pull, event.comment),
        repository: repositoryShape(world, pull.repository),
        sender,
        ...installed(world, pull.repository),
      };
    }
    case "repository": {
      const { action, repository, from } = event;
      return {
        action,
        ...(from === undefined ? {} : { changes: { repository: { name: { from } } } }),
        repository: repositoryShape(world, repository),
        sender,
        ...installed(world, repository),
      };
    }
    case "issues": {
      const { issue, action } = event;
      const { repository } = issue;
      return {
        action,
        issue: plainIssueShape(world, issue),
        changes: {},
        repository: repositoryShape(world, repository),
        sender,
        ...installed(world, repository),
      };
    }
    case "check_run":
      return {
        action: event.action,
        check_run: checkRunPayload(world, event.repository, event.run),
        ...(event.identifier === undefined ? {} : { requested_action: { identifier: event.identifier } }),
        repository: repositoryShape(world, event.repository),
        sender,
        ...installed(world, event.repository),
      };
    case "merge_group": {
      const { repository, baseRef } = event.pull;
      const { oid, tree, message, author, committer } = event.commit;
      const head = { id: oid, tree_id: tree, message, timestamp: committer.date, author, committer };
      return {
        action: event.action,
        merge_group: {
          ...{ head_sha: oid, head_ref: event.ref, base_sha: event.base, base_ref: `refs/heads/${baseRef}` },
          head_commit: head,
        },
        repository: repositoryShape(world, repository),
        sender,
        ...installed(world, repository),
      };
    }
    case "installation":
      return {
        action: event.action,
        installation: installationShape(world, event.installation),
        repositories: repositoriesOf(world, event.installation),
        requester: null,
        sender,
      };
    default:
      throw new Error(`no such event: ${event satisfies never}`);
  }
}

function checkRunPayload(world: World, repository: Repository, run: CheckRun): Shape {
  const { app, ...shape } = checkRunShape(world, repository, run);
  const at = run.startedAt;
  return {
    ...shape,
    app,
    check_suite: {
      ...{ id: repository.id, node_id: "CS_1", head_branch: null, head_sha: run.headSha, status: "completed" },
      ...{ conclusion: run.conclusion ?? null, url: world.url, before: null, after: null, pull_requests: [], app },
      ...{ created_at: at, updated_at: at },
    },
  };
}

async function pushPayload(world: World, event: Extract<WorldEvent, { readonly kind: "push" }>): Promise<Shape> {
  const { repository, before, after } = event;
  const html = `${world.url}/${repository.owner.login}/${repository.name}`;
  const head = after === NO_OID ? undefined : await readCommit(repository.git, after);
  const commits =
    head === undefined
      ? []
      : before === NO_OID
        ? [head]
        : (await commitsBetween(repository.git, before, after)).slice(-20);
  return {
    ref: event.ref,
    before,
    after,
    base_ref: null,
    created: before === NO_OID,
    deleted: after === NO_OID,
    forced: event.forced,
    compare: `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: await Promise.all(commits.map((commit) => commitShape(repository, html, commit))),
    head_commit: head === undefined ? null : await commitShape(repository, html, head),
    pusher: { name: event.actor.login, email: event.actor.email },
    repository: {
      ...repositoryShape(world, repository),
      created_at: Math.floor(Date.parse(repository.createdAt) / 1000),
      pushed_at: Math.floor(Date.parse(repository.pushedAt) / 1000),
      master_branch: repository.defaultBranch,
      stargazers: 0,
    },
  };
}

async function commitShape(repository: Repository, html: string, commit: Commit): Promise<Shape> {
  const lines = (
    await repository.git.git(
      "diff-tree",
      "--no-commit-id",
      "--name-status",
      "-r",
      "-z",
      "--root",
      "--no-renames",
      commit.oid,
    )
  ).split("\0");
  const paths = (status: string): readonly string[] =>
    lines.filter((_, index) => index % 2 === 1 && lines[index - 1] === status);
  return {
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${html}/commit/${commit.oid}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: paths("A"),
    removed: paths("D"),
    modified: paths("M"),
  };
}

function installed(world: World, repository: Repository): Shape {
  const found = [...world.installations.values()].find(({ account }) => account === repository.owner);
  return found === undefined
    ? {}
    : { installation: { id: found.id, node_id: `MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u${found.id}` } };
}

function repositoriesOf(world: World, installation: Installation): readonly Shape[] {
  const owner: Account = installation.account;
  return [...world.repositories.values()]
    .filter((repository) => repository.owner === owner)
    .map((repository) => {
      const { id, node_id, name, full_name, private: isPrivate } = repositoryShape(world, repository);
      return { id, node_id, name, full_name, private: isPrivate };
    });
}
