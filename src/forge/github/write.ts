import * as z from "zod";
import type { Proposal } from "../../domain/proposal.ts";
import type { Path, Sha } from "../../domain/values/scalars.ts";
import { ForgeError } from "../forge.ts";
import type { GitHubClient, Written } from "./client/client.ts";
import { toForgeErrorOf } from "./client/error.ts";
import type { RepositoryName } from "./context.ts";

/** The id for "no commit": as `beforeOid`, the ref must not exist; as `afterOid`, the ref is deleted. */
export const NO_COMMIT = "0".repeat(40);

export interface GitHubRefUpdate {
  readonly name: string;
  readonly beforeOid: Sha | undefined;
  readonly afterOid: Sha;
  readonly force: boolean;
}

/** What a commit holds. */
export type CommitContent = Pick<Proposal, "commitMessage" | "files">;

/** One mutation of a document: its name, input type, and the fields to read of its answer. */
interface Part {
  readonly mutation: string;
  readonly type: string;
  readonly read: string;
  readonly input: unknown;
}

/**
 * The mutations that the forge sends. A document runs them in order and is not a transaction: where one fails, the effects of
 * those before it stay, and those after it still run. So each caller has to handle a half-done document.
 */
export const parts = {
  createRef: (repositoryId: string, branch: string, oid: Sha): Part => ({
    mutation: "createRef",
    type: "CreateRefInput",
    read: "ref { name }",
    input: { repositoryId, name: `refs/heads/${branch}`, oid },
  }),
  updateRefs: (repositoryId: string, refUpdates: readonly GitHubRefUpdate[]): Part => ({
    mutation: "updateRefs",
    type: "UpdateRefsInput",
    read: "clientMutationId",
    input: { repositoryId, refUpdates },
  }),
  commit: (
    place: RepositoryName,
    branch: string,
    expectedHeadOid: Sha,
    proposal: CommitContent,
    only: ReadonlySet<Path> | undefined,
  ): Part => ({
    mutation: "createCommitOnBranch",
    type: "CreateCommitOnBranchInput",
    read: "commit { oid committedDate signature { isValid } }",
    input: {
      branch: { repositoryNameWithOwner: `${place.owner}/${place.name}`, branchName: branch },
      expectedHeadOid,
      message: messageOf(proposal),
      fileChanges: fileChangesOf(proposal, only),
    },
  }),
  createPull: (repositoryId: string, proposal: Proposal, baseRefName: string): Part => ({
    mutation: "createPullRequest",
    type: "CreatePullRequestInput",
    read: "pullRequest { id number url createdAt }",
    input: { repositoryId, baseRefName, headRefName: proposal.branch, title: proposal.title, body: proposal.body },
  }),
  updatePull: (pullRequestId: string, title: string, body: string, baseRefName: string | undefined): Part => ({
    mutation: "updatePullRequest",
    type: "UpdatePullRequestInput",
    read: "pullRequest { id }",
    input: { pullRequestId, title, body, baseRefName },
  }),
  closePull: (pullRequestId: string): Part => ({
    mutation: "closePullRequest",
    type: "ClosePullRequestInput",
    read: "pullRequest { id }",
    input: { pullRequestId },
  }),
  mergePull: (pullRequestId: string, expectedHeadOid: Sha): Part => ({
    mutation: "mergePullRequest",
    type: "MergePullRequestInput",
    read: "pullRequest { mergeCommit { oid } }",
    input: { pullRequestId, expectedHeadOid },
  }),
  enqueuePull: (pullRequestId: string, expectedHeadOid: Sha): Part => ({
    mutation: "enqueuePullRequest",
    type: "EnqueuePullRequestInput",
    read: "mergeQueueEntry { id }",
    input: { pullRequestId, expectedHeadOid },
  }),
  comment: (subjectId: string, body: string): Part => ({
    mutation: "addComment",
    type: "AddCommentInput",
    read: "commentEdge { cursor }",
    input: { subjectId, body },
  }),
  labels: (labelableId: string, labelIds: readonly string[]): Part => ({
    mutation: "addLabelsToLabelable",
    type: "AddLabelsToLabelableInput",
    read: "clientMutationId",
    input: { labelableId, labelIds },
  }),
  createLabel: (repositoryId: string, name: string): Part => ({
    mutation: "createLabel",
    type: "CreateLabelInput",
    read: "label { id }",
    input: { repositoryId, name, color: "ededed" },
  }),
  reviewers: (pullRequestId: string, userIds: readonly string[], teamIds: readonly string[]): Part => ({
    mutation: "requestReviews",
    type: "RequestReviewsInput",
    read: "clientMutationId",
    input: { pullRequestId, userIds, teamIds, union: true },
  }),
} as const;

/** Git's convention: a headline, a blank line, the rest. */
function messageOf({ commitMessage }: CommitContent): { readonly headline: string; readonly body: string | undefined } {
  const [headline = "", ...rest] = commitMessage.split("\n");
  const body = rest.join("\n").trim();
  return { headline, body: body === "" ? undefined : body };
}

function fileChangesOf({ files }: CommitContent, only: ReadonlySet<Path> | undefined): unknown {
  const wanted = files.filter(({ path }) => only === undefined || only.has(path));
  return {
    additions: wanted.flatMap(({ path, text }) =>
      text === undefined ? [] : [{ path, contents: Buffer.from(text).toString("base64") }],
    ),
    deletions: wanted.flatMap(({ path, text }) => (text === undefined ? [{ path }] : [])),
  };
}

/** Sends the parts as one document, in the given order; undefined parts are left out. */
export function write(
  client: GitHubClient,
  doing: string,
  named: Readonly<Record<string, Part | undefined>>,
): Promise<Written> {
  const entries = Object.entries(named).flatMap(([name, part]) => (part === undefined ? [] : [[name, part] as const]));
  const parameters = entries.map(([name, part]) => `$${name}: ${part.type}!`).join(", ");
  const fields = entries.map(([name, part]) => `${name}: ${part.mutation}(input: $${name}) { ${part.read} }`).join(" ");
  const inputs = Object.fromEntries(entries.map(([name, part]) => [name, part.input]));
  return client.mutate(doing, `mutation(${parameters}) { ${fields} }`, inputs);
}

/** The first fault of this part of the document, as an error; undefined where the part succeeded. */
export function faultOfPart(
  written: Extract<Written, { kind: "answered" }>,
  part: string,
  doing: string,
): ForgeError | undefined {
  const fault = written.faults.find(({ path }) => path?.[0] === part);
  return fault === undefined ? undefined : toForgeErrorOf(fault, doing);
}

/** Parses the answer of a part that succeeded. Throws ForgeError where it has another shape. */
export function parseAnswer<T>(written: Extract<Written, { kind: "answered" }>, shape: z.ZodType<T>, doing: string): T {
  const parsed = shape.safeParse(written.data);
  if (parsed.success) return parsed.data;
  throw new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`);
}

export const CommitAnswer = z.object({
  commit: z.object({
    commit: z.object({
      oid: z.string(),
      committedDate: z.string(),
      /** Null where the server signs no commits: then the bot's commits cannot be distinguished from others. */
      signature: z.object({ isValid: z.boolean() }).nullable(),
    }),
  }),
});
export const PullAnswer = z.object({
  pull: z.object({
    pullRequest: z.object({ id: z.string(), number: z.number(), url: z.string(), createdAt: z.string() }),
  }),
});
export const MergeAnswer = z.object({
  merge: z.object({ pullRequest: z.object({ mergeCommit: z.object({ oid: z.string() }).nullable() }) }),
});

/** Attempts of a write whose answer is lost; before each, a read checks what the last one has done. */
export const ATTEMPTS = 4;
