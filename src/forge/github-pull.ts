import * as z from "zod";
import type { StandingPull } from "../domain/change.ts";

/** What every branch of the bot starts with. */
const PREFIX = "raos/";
/** Hidden in the bot's comments; what they mean is read back from comments the bot itself wrote, and no others. */
const CLOSED = "<!-- raos:closed -->";
const HANDS_OFF = "<!-- raos:hands-off -->";

export type Remark = "closed" | "hands-off";

/** A comment's text with the marker that says what it is. */
export function remarkBody(remark: Remark, sentence: string): string {
  return `${sentence}\n\n${remark === "closed" ? CLOSED : HANDS_OFF}`;
}

/** What tells who made a commit. */
export const COMMIT_FIELDS = `
  committedDate author { email user { login } } committer { email user { login } }
  signature { isValid wasSignedByGitHub }
`;

/** How much of each list is read with a pull request: 100 pull requests stay far below GitHub's 500,000 nodes a query. */
export const PULL_FIELDS = `
  id number url title body state createdAt closedAt isCrossRepository
  author { login } editor { login }
  headRefName headRefOid baseRefName
  labels(first: 20) { nodes { name } }
  comments(last: 20) { nodes { viewerDidAuthor body } }
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
  nodes: z.array(z.object({ viewerDidAuthor: z.boolean(), body: z.string() }).nullable()),
});

export const PullNode = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  /** Null: a ghost, whose account is gone. */
  author: Actor,
  /** Who wrote the body last; null: nobody since it was opened. */
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

/** Whether the pull request lies on a branch of ours in this repository, not a fork: its branch is taken, whoever opened it. */
export function isOnOurBranch(node: PullNode): boolean {
  return !node.isCrossRepository && node.headRefName.startsWith(PREFIX);
}

/** Whether the bot opened it there. What somebody else opened says nothing of what was proposed, accepted or refused. */
export function isOurs(node: PullNode, viewer: string): boolean {
  return isOnOurBranch(node) && isBy(node.author, viewer);
}

/** What the bot itself has said; a marker in anybody else's comment means nothing. */
export function remarksIn(comments: z.infer<typeof CommentNodes>): ReadonlySet<Remark> {
  const own = comments.nodes.filter((comment) => comment?.viewerDidAuthor === true);
  const said = (marker: string): boolean => own.some((comment) => comment?.body.includes(marker) === true);
  const remarks: Remark[] = [
    ...(said(CLOSED) ? ["closed" as const] : []),
    ...(said(HANDS_OFF) ? ["hands-off" as const] : []),
  ];
  return new Set(remarks);
}

/** A pull request as GitHub shows it to `viewer`, the login the forge acts as. */
export function toStandingPull(node: PullNode, viewer: string): StandingPull {
  const said = remarksIn(node.comments);
  const closer = node.timelineItems.nodes.at(-1)?.actor?.login;
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
    openedByBot: isBy(node.author, viewer),
    textByBot: isBy(node.author, viewer) && (node.editor === null || isBy(node.editor, viewer)),
    // Both: with a person's token the bot is that person, and only the marker tells them apart; and who closed last may
    // be a person who closed again what was opened again after the bot's comment.
    closedByBot: node.state === "CLOSED" && closer !== undefined && sameLogin(closer, viewer) && said.has("closed"),
    handsOff: said.has("hands-off"),
    createdAt: Date.parse(node.createdAt),
    headAt: Date.parse(node.commits.nodes?.at(-1)?.commit.committedDate ?? node.createdAt),
    endedAt: node.closedAt === null ? undefined : Date.parse(node.closedAt),
  };
}

function botOnly(commits: PullNode["commits"], viewer: string): boolean | undefined {
  const seen = (commits.nodes ?? []).filter((node) => node !== null);
  if (seen.some(({ commit }) => !isBotCommit(commit, viewer))) return false;
  return seen.length < commits.totalCount ? undefined : true;
}

/**
 * Whether the bot made the commit: it is the author, GitHub (for it) or itself the committer, and GitHub signed it. Anybody
 * who may push can write the bot's name and address into a commit; only what was made through the API is signed by GitHub
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
export function isBy(actor: { readonly login: string } | null, viewer: string): boolean {
  return actor !== null && sameLogin(actor.login, viewer);
}

/** An app's login carries `[bot]` in REST, commits and `viewer`, and does not as an actor. */
function sameLogin(a: string, b: string): boolean {
  const bare = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, "");
  return bare(a) === bare(b);
}
