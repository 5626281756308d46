import { GraphQLError } from "graphql";
import { type Commit, commitsBetween, readCommit } from "../git/commits.ts";
import { type Signature, verify } from "../git/signatures.ts";
import { allows, canSee, demand } from "../model/access.ts";
import type { Account, Caller, Edit, Label, Pull, Repository, Team, World } from "../model/model.ts";
import { nodeId, refId, repositoryId } from "../model/node-ids.ts";
import { listedIssues, listedPulls, listedRef, type View } from "../model/replica.ts";
import { accountOf } from "../pulls/merging.ts";
import { checkRollup, checkSuites, type SuitePage } from "./checks.ts";
import { connection, type PageArguments } from "./connection.ts";
import { type IssuePage, issueShape, listIssues } from "./issue.ts";
import { pullShape } from "./pull.ts";

/** Objects as GraphQL's types show them. A field is a value or a function of its arguments; what is missing is refused by name. */
export interface RequestContext {
  readonly world: World;
  readonly caller: Caller;
  readonly view: View;
}
export type Shape = Readonly<Record<string, unknown>>;

/** A login as GraphQL spells it: a bot's without the `[bot]` that REST and commits carry. */
export function actorShape(asking: RequestContext, account: Account): Shape {
  const login = account.type === "Bot" ? account.login.replace(/\[bot\]$/, "") : account.login;
  const path = account.type === "Bot" ? `/apps/${login}` : `/${login}`;
  const prefix = account.type === "Bot" ? "BOT" : account.type === "User" ? "U" : "O";
  return {
    __typename: account.type,
    id: nodeId(prefix, account.id),
    databaseId: account.id,
    login,
    name: account.name,
    url: `${asking.world.url}${path}`,
    resourcePath: path,
  };
}

/** The user a commit's address belongs to; bots keep their `[bot]` here. */
function userShape(asking: RequestContext, account: Account): Shape {
  return { ...actorShape(asking, account), __typename: "User", login: account.login };
}

export function repositoryShape(asking: RequestContext, repository: Repository): Shape {
  const { world } = asking;
  const nameWithOwner = `${repository.owner.login}/${repository.name}`;
  return {
    __typename: "Repository",
    id: repositoryId(repository),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner,
    owner: () => actorShape(asking, repository.owner),
    url: `${world.url}/${nameWithOwner}`,
    isPrivate: repository.isPrivate,
    isFork: repository.fork !== undefined,
    isEmpty: async () => (await repository.git.git("for-each-ref", "--count=1", "refs/heads")) === "",
    deleteBranchOnMerge: repository.deleteBranchOnMerge,
    viewerPermission: allows(asking.caller, repository, "contents", "write") ? "WRITE" : "READ",
    defaultBranchRef: () => refShape(asking, repository, `refs/heads/${repository.defaultBranch}`),
    ref: ({ qualifiedName }: { readonly qualifiedName: string }) => findRef(asking, repository, qualifiedName),
    refs: async ({ refPrefix, ...page }: PageArguments & { readonly refPrefix: string }) => {
      const names = (await repository.git.git("for-each-ref", "--format=%(refname)", refPrefix)).split("\n");
      return connection(
        names.filter((name) => name !== ""),
        page,
        async (name) => ({
          ...(await refShape(asking, repository, name)),
          name: name.slice(refPrefix.length),
          prefix: refPrefix,
        }),
      );
    },
    object: ({ expression, oid }: { readonly expression?: string; readonly oid?: string }) =>
      objectShape(asking, repository, oid ?? expression ?? ""),
    pullRequest: ({ number }: { readonly number: number }) => {
      const pull = repository.pulls.get(number);
      if (pull === undefined) throw notFound(`Could not resolve to a PullRequest with the number of ${number}.`);
      return pullShape(asking, pull);
    },
    pullRequests: (page: PullPage) =>
      connection(sortPulls(filterPulls(asking, repository, page), page), page, (pull) => pullShape(asking, pull)),
    hasIssuesEnabled: repository.hasIssues,
    issue: ({ number }: { readonly number: number }) => {
      const issue = repository.issues.get(number);
      if (issue === undefined) throw notFound(`Could not resolve to an Issue with the number of ${number}.`);
      return issueShape(asking, issue);
    },
    issues: (page: IssuePage) => {
      demand(world, asking.caller, repository, "issues", "read");
      return connection(listIssues(listedIssues(world, repository, asking.view), page), page, (issue) =>
        issueShape(asking, issue),
      );
    },
    label: ({ name }: { readonly name: string }) => {
      const label = repository.labels.get(name.toLowerCase());
      return label === undefined ? null : labelShape(label);
    },
    labels: (page: PageArguments) => connection([...repository.labels.values()], page, labelShape),
  };
}

interface PullPage extends PageArguments {
  readonly states?: readonly string[];
  readonly headRefName?: string;
  readonly baseRefName?: string;
  readonly orderBy?: { readonly field: string; readonly direction: "ASC" | "DESC" };
}

function filterPulls(asking: RequestContext, repository: Repository, page: PullPage): readonly Pull[] {
  const pulls = listedPulls(asking.world, repository, asking.view);
  const numbers =
    page.headRefName === undefined ? pulls.keys() : (repository.pullsByBranch.get(page.headRefName) ?? []);
  const found: Pull[] = [];
  for (const number of numbers) {
    const pull = pulls.get(number);
    if (pull === undefined || (page.states !== undefined && !page.states.includes(pull.state))) continue;
    if (page.baseRefName === undefined || page.baseRefName === pull.baseRef) found.push(pull);
  }
  return found;
}

function sortPulls(pulls: readonly Pull[], page: PullPage): readonly Pull[] {
  const { field = "CREATED_AT", direction = "ASC" } = page.orderBy ?? {};
  if (field === "COMMENTS") throw new GraphQLError("The test GitHub does not order by COMMENTS");
  const sorted =
    field === "UPDATED_AT"
      ? [...pulls].sort((a, b) => a.updatedAt.localeCompare(b.updatedAt) || a.number - b.number)
      : [...pulls].sort((a, b) => a.number - b.number);
  return direction === "ASC" ? sorted : sorted.reverse();
}

async function findRef(asking: RequestContext, repository: Repository, name: string): Promise<Shape | null> {
  for (const ref of name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`]) {
    const found = await refShape(asking, repository, ref);
    if (found !== null) return found;
  }
  return null;
}

export async function refShape(asking: RequestContext, repository: Repository, ref: string): Promise<Shape | null> {
  const oid = listedRef(asking.world, repository, asking.view, ref, await repository.git.resolve(ref));
  if (oid === undefined) return null;
  const prefix = ref.split("/").slice(0, 2).join("/");
  return {
    __typename: "Ref",
    id: refId(repository, ref),
    name: ref.slice(prefix.length + 1),
    prefix: `${prefix}/`,
    repository: () => repositoryShape(asking, repository),
    target: () => objectShape(asking, repository, oid),
    compare: async ({ headRef }: { readonly headRef: string }) => {
      const head = await repository.git.resolve(`${headRef}^{commit}`);
      if (head === undefined) return null;
      const ahead = await commitsBetween(repository.git, oid, head);
      return {
        aheadBy: ahead.length,
        commits: (page: PageArguments) => connection(ahead, page, (commit) => commitShape(asking, repository, commit)),
      };
    },
  };
}

export async function objectShape(
  asking: RequestContext,
  repository: Repository,
  revision: string,
): Promise<Shape | null> {
  const object = await repository.git.object(revision);
  if (object === undefined) return null;
  const commit = object.type === "commit" ? await readCommit(repository.git, object.oid) : undefined;
  if (commit !== undefined) return commitShape(asking, repository, commit);
  const name = object.type === "blob" ? "Blob" : object.type === "tree" ? "Tree" : "Tag";
  return {
    __typename: name,
    id: nodeId("C", repository.id, object.oid),
    oid: object.oid,
    byteSize: object.bytes.length,
    text: () => object.bytes.toString(),
    isTruncated: false,
  };
}

export function commitShape(asking: RequestContext, repository: Repository, commit: Commit): Shape {
  const [headline = "", ...rest] = commit.message.split("\n");
  const gitActor = (actor: Commit["author"]): Shape => {
    const account = accountOf(asking.world, actor.email);
    return {
      name: actor.name,
      email: actor.email,
      date: actor.date,
      user: account === undefined ? null : userShape(asking, account),
    };
  };
  return {
    __typename: "Commit",
    id: nodeId("C", repository.id, commit.oid),
    oid: commit.oid,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join("\n").trim(),
    author: gitActor(commit.author),
    committer: gitActor(commit.committer),
    committedDate: commit.committer.date,
    authoredDate: commit.author.date,
    statusCheckRollup: () => {
      demand(asking.world, asking.caller, repository, "checks", "read");
      demand(asking.world, asking.caller, repository, "statuses", "read");
      return checkRollup(asking.world, repository, commit.oid);
    },
    checkSuites: (page: SuitePage) => {
      demand(asking.world, asking.caller, repository, "checks", "read");
      return checkSuites(asking.world, repository, commit.oid, page);
    },
    signature: signatureShape(asking, verify(asking.world, commit)),
    parents: (page: PageArguments) =>
      connection(commit.parents, page, async (oid) => objectShape(asking, repository, oid)),
    tree: () => objectShape(asking, repository, commit.tree),
    url: `${asking.world.url}/${repository.owner.login}/${repository.name}/commit/${commit.oid}`,
  };
}

function signatureShape(asking: RequestContext, signature: Signature | undefined): Shape | null {
  if (signature === undefined) return null;
  const { state, wasSignedByGitHub, signer, email, armored, payload } = signature;
  return {
    __typename: "GpgSignature",
    isValid: state === "VALID",
    state,
    wasSignedByGitHub,
    signer: signer === undefined ? null : userShape(asking, signer),
    email,
    signature: armored,
    payload,
  };
}

/** Who last changed a text, and when. */
export function editShape(asking: RequestContext, edit: Edit | undefined): Shape {
  return {
    editor: edit === undefined ? null : actorShape(asking, edit.editor),
    lastEditedAt: edit?.at ?? null,
  };
}

export function labelShape(label: Label): Shape {
  return { __typename: "Label", id: nodeId("LA", label.id), name: label.name, color: label.color };
}

export function teamShape(team: Team): Shape {
  return { __typename: "Team", id: nodeId("T", team.id), slug: team.slug, name: team.name, databaseId: team.id };
}

export function viewerAccount(caller: Caller): Account | undefined {
  return caller.kind === "installation" ? caller.app.bot : caller.kind === "user" ? caller.user : undefined;
}

export function notFound(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type: "NOT_FOUND" } });
}

/** Whether the caller may read the repository; else GitHub says that it cannot be resolved. */
export function assertVisible(
  asking: RequestContext,
  repository: Repository | undefined,
  owner: string,
  name: string,
): Repository {
  if (repository === undefined || !canSee(asking.world, asking.caller, repository))
    throw notFound(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
  return repository;
}
