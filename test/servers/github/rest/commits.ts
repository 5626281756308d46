import { type Commit, readCommit } from "../git/commits.ts";
import { verify } from "../git/signatures.ts";
import type { Shape } from "../graphql/types.ts";
import { demand } from "../model/access.ts";
import type { Repository, World } from "../model/model.ts";
import { nodeId } from "../model/node-ids.ts";
import { Refusal } from "../model/refusal.ts";
import { accountOf } from "../pulls/merging.ts";
import { pullCommits } from "../pulls/pull-commits.ts";
import { type Call, ok, paged, pullAt, type Route, repositoryAt } from "./call.ts";
import { userShape } from "./shapes.ts";

/** Routes about commits, by the operation's name in GitHub's description. */
export const commitRoutes: Readonly<Record<string, Route>> = {
  "GET /repos/{owner}/{repo}/commits/{ref}": async (call) => {
    const { repository, commit } = await commitAt(call, call.at.ref ?? "");
    return ok(commitShape(call.world, repository, commit));
  },
  "GET /repos/{owner}/{repo}/git/commits/{commit_sha}": async (call) => {
    const { repository, commit } = await commitAt(call, call.at.commit_sha ?? "");
    return ok(gitCommitShape(call.world, repository, commit));
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits": async (call) => {
    const repository = repositoryAt(call);
    demand(call.world, call.caller, repository, "pull_requests", "read");
    const commits = await pullCommits(pullAt(call, repository));
    return paged(call, commits, (page) => page.map((commit) => commitShape(call.world, repository, commit)));
  },
};

async function commitAt(
  call: Call,
  revision: string,
): Promise<{ readonly repository: Repository; readonly commit: Commit }> {
  const repository = repositoryAt(call);
  demand(call.world, call.caller, repository, "contents", "read");
  const commit = await readCommit(repository.git, revision);
  if (commit === undefined) throw new Refusal("UNPROCESSABLE", `No commit found for SHA: ${revision}`);
  return { repository, commit };
}

/** The accounts of a commit follow from the addresses in it, which its author chose; `verification` says what is proven. */
function commitShape(world: World, repository: Repository, commit: Commit): Shape {
  const { url, html } = placesOf(world, repository);
  const { parents, node_id, author, committer, message, tree, verification } = gitCommitShape(
    world,
    repository,
    commit,
  );
  const user = (email: string): Shape | null => {
    const account = accountOf(world, email);
    return account === undefined ? null : userShape(world, account);
  };
  return {
    url: `${url}/commits/${commit.oid}`,
    sha: commit.oid,
    node_id,
    html_url: `${html}/commit/${commit.oid}`,
    comments_url: `${url}/commits/${commit.oid}/comments`,
    commit: {
      url: `${url}/git/commits/${commit.oid}`,
      author,
      committer,
      message,
      tree,
      comment_count: 0,
      verification,
    },
    author: user(commit.author.email),
    committer: user(commit.committer.email),
    parents,
  };
}

function gitCommitShape(world: World, repository: Repository, commit: Commit): Shape {
  const { url, html } = placesOf(world, repository);
  const signature = verify(world, commit);
  return {
    sha: commit.oid,
    node_id: nodeId("C", repository.id, commit.oid),
    url: `${url}/git/commits/${commit.oid}`,
    html_url: `${html}/commit/${commit.oid}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: {
      verified: signature?.state === "VALID",
      reason: signature?.state.toLowerCase() ?? "unsigned",
      signature: signature?.armored ?? null,
      payload: signature?.payload ?? null,
      verified_at: signature?.state === "VALID" ? commit.committer.date : null,
    },
  };
}

function placesOf(world: World, repository: Repository): { readonly url: string; readonly html: string } {
  const name = `${repository.owner.login}/${repository.name}`;
  return { url: `${world.url}/repos/${name}`, html: `${world.url}/${name}` };
}
