import * as z from "zod";
import type { Proposal, StandingPull } from "../domain/change.ts";
import { blobOid } from "../domain/object-id.ts";
import type { Instant, Path, Sha } from "../domain/scalars.ts";
import { blocked, ForgeError } from "./forge.ts";
import type { GitHubClient } from "./github-client.ts";
import {
  COMMIT_FIELDS,
  CommitNode,
  isBotCommit,
  isOnOurBranch,
  PULL_FIELDS,
  PullNode,
  toStandingPull,
} from "./github-pull.ts";
import type { Place } from "./github-standing.ts";

/** Files asked for in one document. */
const BATCH = 100;

const Objects = z.object({ repository: z.record(z.string(), z.object({ oid: z.string() }).nullable()) });

/** The paths among the proposal's files that `commit` does not hold as proposed. One read for each 100 files. */
export async function differingFiles(
  client: GitHubClient,
  place: Place,
  commit: Sha,
  files: Proposal["files"],
): Promise<ReadonlySet<Path>> {
  const differing = new Set<Path>();
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    const parameters = batch.map((_, index) => `$e${index}: String!`).join(", ");
    const fields = batch.map((_, index) => `f${index}: object(expression: $e${index}) { oid }`).join("\n");
    const document = `query Files($owner: String!, $name: String!, ${parameters}) { repository(owner: $owner, name: $name) { ${fields} } }`;
    const names = Object.fromEntries(batch.map(({ path }, index) => [`e${index}`, `${commit}:${path}`]));
    const { repository } = await client.query("compare files of a branch", document, { ...place, ...names }, Objects);
    for (const [index, { path, text }] of batch.entries()) {
      const held = repository[`f${index}`]?.oid;
      if (held !== (text === undefined ? undefined : blobOid(text))) differing.add(path);
    }
  }
  return differing;
}

const CHANGED = `query Changed($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      state headRefOid
      commits(first: 1) { nodes { commit { parents(first: 2) { nodes { oid } } } } }
      files(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { path } }
    }
  }
}`;
const Paged = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const Parents = z.object({ nodes: z.array(z.object({ oid: z.string() }).nullable()).nullable() });
const Commits = z.object({
  nodes: z.array(z.object({ commit: z.object({ parents: Parents }) }).nullable()).nullable(),
});
const Files = z.object({ pageInfo: Paged, nodes: z.array(z.object({ path: z.string() }).nullable()).nullable() });
const ChangedPage = z.object({
  repository: z.object({
    pullRequest: z.object({
      state: z.enum(["OPEN", "CLOSED", "MERGED"]),
      headRefOid: z.string(),
      commits: Commits,
      files: Files.nullable(),
    }),
  }),
});

export interface Reach {
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly head: Sha;
  /** The commit its first one stands on; undefined where that is a merge, or there is none. */
  readonly start: Sha | undefined;
  /** Paths it changes; undefined where they are too many to be listed or could not all be read. */
  readonly paths: ReadonlySet<Path> | undefined;
}

/** What the pull request is made of, as GitHub sees it now. Throws ForgeError. */
export async function readReach(client: GitHubClient, place: Place, number: number): Promise<Reach> {
  const paths = new Set<Path>();
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const answer: z.infer<typeof ChangedPage> = await client.query(
      "list a pull request's files",
      CHANGED,
      { ...place, number, after },
      ChangedPage,
    );
    const { state, headRefOid: head, commits, files } = answer.repository.pullRequest;
    const parents = commits.nodes?.[0]?.commit.parents.nodes ?? [];
    const reach = { state, head, start: parents.length === 1 ? parents[0]?.oid : undefined };
    const nodes = files?.nodes;
    if (nodes === undefined || nodes === null || nodes.includes(null)) return { ...reach, paths: undefined };
    for (const node of nodes) if (node !== null) paths.add(node.path);
    if (files?.pageInfo.hasNextPage !== true) return { ...reach, paths };
    if (pages >= 10) return { ...reach, paths: undefined };
    after = files.pageInfo.endCursor;
  }
}

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
const BranchState = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequests: Pulls,
    ref: z.object({ target: z.object({ oid: z.string() }).nullable() }).nullable(),
    base: z.object({ compare: Ahead.nullable() }).nullable(),
  }),
});

const BLOCKERS = `query Blockers($owner: String!, $name: String!, $below: String!, $r0: String!, $r1: String!, $r2: String!, $r3: String!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $below, first: 1) { nodes { name prefix } }
    r0: ref(qualifiedName: $r0) { name } r1: ref(qualifiedName: $r1) { name }
    r2: ref(qualifiedName: $r2) { name } r3: ref(qualifiedName: $r3) { name }
  }
}`;
const Named = z.object({ name: z.string() }).nullable();
const Blockers = z.object({
  repository: z.object({
    refs: z
      .object({ nodes: z.array(z.object({ name: z.string(), prefix: z.string() }).nullable()).nullable() })
      .nullable(),
    r0: Named,
    r1: Named,
    r2: Named,
    r3: Named,
  }),
});

/**
 * The error that names the branch in whose way another one is: Git keeps no branch `a` beside `a/b`. Undefined where none is
 * in the way. One read.
 */
export async function blockedBy(client: GitHubClient, place: Place, branch: string): Promise<ForgeError | undefined> {
  const steps = branch.split("/");
  const above = steps.slice(1).map((_, index) => steps.slice(0, index + 1).join("/"));
  const names = Object.fromEntries(
    [0, 1, 2, 3].map((index) => [`r${index}`, `refs/heads/${above[index] ?? above[0]}`]),
  );
  const variables = { ...place, ...names, below: `refs/heads/${branch}/` };
  const { repository } = await client.query(`look what blocks ${branch}`, BLOCKERS, variables, Blockers);
  const { refs, r0, r1, r2, r3 } = repository;
  const below = refs?.nodes?.[0];
  const taken = [r0, r1, r2, r3].find((ref) => ref !== null)?.name;
  const blocker = taken ?? (below === undefined || below === null ? undefined : `${branch}/${below.name}`);
  return blocker === undefined ? undefined : blocked(blocker, branch);
}

export type OnBranch =
  | { readonly kind: "pull"; readonly pull: StandingPull }
  /** No pull request is listed; `head` undefined: nor is there a branch. `madeAt`: when its newest commit was made, if it has any. */
  | { readonly kind: "branch"; readonly head: Sha | undefined; readonly madeAt: Instant | undefined };

/**
 * What there is on a branch of the bot. Throws ForgeError "conflict" where it holds a commit that is not the bot's, or
 * more of them than can be looked at: what a person wrote is never overwritten. One read.
 */
export async function lookAtBranch(
  client: GitHubClient,
  place: Place,
  branch: string,
  base: string,
): Promise<OnBranch> {
  const names = { branch, ref: `refs/heads/${branch}`, base: `refs/heads/${base}` };
  const doing = `look at the branch ${branch}`;
  // A comparison with a branch that is not there may be null or a fault; neither matters then.
  const { viewer, repository } = await client.query(doing, BRANCH, { ...place, ...names }, BranchState, () => {});
  const { nodes, pageInfo } = repository.pullRequests;
  const node = nodes?.find((each) => each !== null && isOnOurBranch(each));
  if (node !== undefined && node !== null) {
    const pull = toStandingPull(node, viewer.login);
    if (!pull.openedByBot) throw new ForgeError("conflict", `#${pull.number} on ${branch} was opened by somebody else`);
    if (pull.botOnly === true) return { kind: "pull", pull };
    throw new ForgeError("conflict", `#${pull.number} on ${branch} holds commits that are not the bot's`);
  }
  if (nodes === null || nodes.includes(null) || pageInfo.hasNextPage) {
    throw new ForgeError("unavailable", `${doing}: the answer is not complete`);
  }
  const head = repository.ref?.target?.oid;
  if (head === undefined) return { kind: "branch", head: undefined, madeAt: undefined };
  const ahead = repository.base?.compare;
  const seen = (ahead?.commits.nodes ?? []).filter((commit) => commit !== null);
  const isAll = ahead !== null && ahead !== undefined && seen.length === ahead.aheadBy;
  if (isAll && seen.every((commit) => isBotCommit(commit, viewer.login))) {
    const newest = seen.map((commit) => Date.parse(commit.committedDate)).sort((a, b) => b - a)[0];
    return { kind: "branch", head, madeAt: newest };
  }
  throw new ForgeError("conflict", `the branch ${branch} holds commits that are not the bot's; delete or rename it`);
}
