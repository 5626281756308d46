import * as z from "zod";
import { BRANCH_PREFIX } from "../../../domain/branch-name.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { type CommentKind, commentKindsOf, rolloutIn } from "../../comment-markers.ts";

/** The fields that `isBotCommit` needs. */
export const COMMIT_FIELDS = `
  committedDate author { email user { login } } committer { email user { login } }
  signature { isValid wasSignedByGitHub }
`;

/** How much of each list is read with a pull request: 100 pull requests stay far below GitHub's 500,000 nodes a query. */
export const PULL_FIELDS = `
  id number url title body state isDraft createdAt closedAt isCrossRepository
  author { login } editor { login }
  headRefName headRefOid baseRefName
  labels(first: 20) { nodes { name } }
  comments(last: 20) { nodes { viewerDidAuthor author { login } editor { login } body } }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login } } } }
  commits(last: 50) { totalCount nodes { commit { ${COMMIT_FIELDS} } } }
`;

const GitActor = z
  .object({ email: z.string().nullable(), user: z.object({ login: z.string() }).nullable() })
  .nullable();
export const CommitNode = z.object({
  committedDate: z.string(),
  author: GitActor,
  committer: GitActor,
  signature: z.object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean() }).nullable(),
});
export type CommitNode = z.infer<typeof CommitNode>;

const Actor = z.object({ login: z.string() }).nullable();

export const CommentNodes = z.object({
  nodes: z.array(
    z
      .object({ viewerDidAuthor: z.boolean(), author: Actor.optional(), editor: Actor.optional(), body: z.string() })
      .nullable(),
  ),
});

export const PullNode = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: z.boolean(),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  /** Null: the account was deleted. */
  author: Actor,
  /** Who edited the body last; null: it was not edited since it was opened. */
  editor: Actor,
  isCrossRepository: z.boolean(),
  headRefName: z.string(),
  headRefOid: z.string(),
  baseRefName: z.string(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() }).nullable()) }).nullable(),
  comments: CommentNodes,
  timelineItems: z.object({
    nodes: z.array(z.object({ actor: Actor }).nullable()),
  }),
  commits: z.object({ totalCount: z.number(), nodes: z.array(z.object({ commit: CommitNode }).nullable()).nullable() }),
});
export type PullNode = z.infer<typeof PullNode>;

/** Whether the pull request is on one of the bot's branches in this repository, not in a fork, whoever opened it. */
export function isOnBotBranch(node: PullNode): boolean {
  return !node.isCrossRepository && node.headRefName.startsWith(BRANCH_PREFIX);
}

/** Whether the bot opened it there. Only these show which changes people accepted or refused. */
export function isBotPull(node: PullNode, viewer: string): boolean {
  return isOnBotBranch(node) && isSameAccount(node.author, viewer);
}

/** The kinds of the bot's own comments, also of its former accounts; a marker in anybody else's comment means nothing. */
export function commentKindsIn(
  comments: z.infer<typeof CommentNodes>,
  former: readonly string[] = [],
): ReadonlySet<CommentKind> {
  return commentKindsOf(ownComments(comments, former));
}

function ownComments({ nodes }: z.infer<typeof CommentNodes>, former: readonly string[]): readonly string[] {
  const isOwn = (comment: (typeof nodes)[number]) =>
    comment?.viewerDidAuthor === true || former.some((login) => isSameAccount(comment?.author ?? null, login));
  return nodes.flatMap((comment) => (comment !== null && isOwn(comment) ? [comment.body] : []));
}

/** A pull request as GitHub shows it to `viewer`, the login the forge acts as. */
export function toPullRequest(node: PullNode, viewer: string): PullRequest {
  const comments = commentKindsIn(node.comments);
  // What somebody else wrote into the bot's comment is not its word: guardrails trust what it says.
  const unedited = node.comments.nodes.filter(
    (one) => (one?.editor ?? null) === null || isSameAccount(one?.editor ?? null, viewer),
  );
  const rollout = rolloutIn(ownComments({ nodes: unedited }, []));
  return {
    number: node.number,
    id: node.id,
    url: node.url,
    title: node.title,
    body: node.body,
    branch: node.headRefName,
    base: node.baseRefName,
    head: node.headRefOid,
    state: node.state === "OPEN" ? "open" : node.state === "CLOSED" ? "closed" : "merged",
    labels: (node.labels?.nodes ?? []).flatMap((label) => (label === null ? [] : [label.name])),
    botOnly: botOnly(node.commits, viewer),
    openedByBot: isSameAccount(node.author, viewer),
    textByBot: isSameAccount(node.author, viewer) && (node.editor === null || isSameAccount(node.editor, viewer)),
    closedByBot: isClosedByBot(node, viewer),
    handsOff: comments.has("hands-off"),
    ...(node.isDraft ? { isDraft: true } : {}),
    ...(rollout === undefined ? {} : { rollout }),
    createdAt: Date.parse(node.createdAt),
    headAt: Date.parse(node.commits.nodes?.at(-1)?.commit.committedDate ?? node.createdAt),
    endedAt: node.closedAt === null ? undefined : Date.parse(node.closedAt),
  };
}

/**
 * Whether the bot closed it, by its present account or a former one: such an account did, and wrote the marker. Both are needed. With
 * a person's token, the bot acts as that person, and only the marker distinguishes them. And after the bot's comment, a person may
 * have reopened the pull request and closed it again.
 */
export function isClosedByBot(node: PullNode, viewer: string, former: readonly string[] = []): boolean {
  const closer = node.timelineItems.nodes.at(-1)?.actor ?? null;
  return (
    node.state === "CLOSED" &&
    [viewer, ...former].some((login) => isSameAccount(closer, login)) &&
    commentKindsIn(node.comments, former).has("closed")
  );
}

function botOnly(commits: PullNode["commits"], viewer: string): boolean | undefined {
  const read = (commits.nodes ?? []).filter((node) => node !== null);
  if (read.some(({ commit }) => !isBotCommit(commit, viewer))) return false;
  return read.length < commits.totalCount ? undefined : true;
}

/**
 * Whether the bot made the commit: the bot is the author, the bot or GitHub is the committer, and GitHub signed it. Anybody who
 * may push can write the bot's name and address into a commit, but GitHub signs only commits made through its API
 * (docs.github.com, "Signature verification for bots").
 */
export function isBotCommit({ author, committer, signature }: CommitNode, viewer: string): boolean {
  return (
    signature?.isValid === true &&
    signature.wasSignedByGitHub &&
    isViewer(author, viewer) &&
    (isViewer(committer, viewer) || committer?.email?.toLowerCase().startsWith("noreply@") === true)
  );
}

function isViewer(actor: z.infer<typeof GitActor>, viewer: string): boolean {
  if (actor === null) return false;
  if (actor.user !== null) return sameLogin(actor.user.login, viewer);
  // `<id>+<login>@users.noreply.<host>`: what GitHub puts on a commit made through its API.
  const [local = "", host = ""] = (actor.email ?? "").toLowerCase().split("@");
  return host.startsWith("users.noreply.") && sameLogin(local.replace(/^\d{1,20}\+/, ""), viewer);
}

/** Whether an account is the one that the forge acts as. */
export function isSameAccount(actor: { readonly login: string } | null, viewer: string): boolean {
  return actor !== null && sameLogin(actor.login, viewer);
}

/** Compares logins without `[bot]`: an app's login ends with it in REST, commits and `viewer`, but not as an actor. */
function sameLogin(a: string, b: string): boolean {
  const bare = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, "");
  return bare(a) === bare(b);
}
