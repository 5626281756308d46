import * as z from "zod";
import type { Proposal } from "../domain/change.ts";
import type { Path, Sha } from "../domain/scalars.ts";
import { ForgeError } from "./forge.ts";
import type { GitHubClient, Written } from "./github-client.ts";
import { toForgeErrorOf } from "./github-error.ts";
import type { Place } from "./github-standing.ts";

/** No commit: what a ref must be (`beforeOid`) to be created, and becomes (`afterOid`) to be deleted. */
export const NO_COMMIT = "0".repeat(40);

export interface RefUpdate {
  readonly name: string;
  readonly beforeOid: Sha | undefined;
  readonly afterOid: Sha;
  readonly force: boolean;
}

/** One field of a document: what the mutation is, its input type, and what is read of its answer. */
interface Part {
  readonly mutation: string;
  readonly type: string;
  readonly read: string;
  readonly input: unknown;
}

/**
 * The mutations the forge sends. A document runs them in order and is no transaction: where one fails, those before it
 * stay done and those after it are still tried. So each caller says what is left behind.
 */
export const parts = {
  createRef: (repositoryId: string, branch: string, oid: Sha): Part => ({
    mutation: "createRef",
    type: "CreateRefInput",
    read: "ref { name }",
    input: { repositoryId, name: `refs/heads/${branch}`, oid },
  }),
  updateRefs: (repositoryId: string, refUpdates: readonly RefUpdate[]): Part => ({
    mutation: "updateRefs",
    type: "UpdateRefsInput",
    read: "clientMutationId",
    input: { repositoryId, refUpdates },
  }),
  commit: (
    place: Place,
    branch: string,
    expectedHeadOid: Sha,
    proposal: Proposal,
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
function messageOf({ commitMessage }: Proposal): { readonly headline: string; readonly body: string | undefined } {
  const [headline = "", ...rest] = commitMessage.split("\n");
  const body = rest.join("\n").trim();
  return { headline, body: body === "" ? undefined : body };
}

function fileChangesOf({ files }: Proposal, only: ReadonlySet<Path> | undefined): unknown {
  const wanted = files.filter(({ path }) => only === undefined || only.has(path));
  return {
    additions: wanted.flatMap(({ path, text }) =>
      text === undefined ? [] : [{ path, contents: Buffer.from(text).toString("base64") }],
    ),
    deletions: wanted.flatMap(({ path, text }) => (text === undefined ? [{ path }] : [])),
  };
}

/** Sends the parts as one document, in the order of their names; what is undefined is left out. */
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
export function faultOf(
  written: Extract<Written, { kind: "answered" }>,
  part: string,
  doing: string,
): ForgeError | undefined {
  const fault = written.faults.find(({ path }) => path?.[0] === part);
  return fault === undefined ? undefined : toForgeErrorOf(fault, doing);
}

/** A part's answer in the shape it has when it succeeded; throws ForgeError where it has another. */
export function answerOf<T>(written: Extract<Written, { kind: "answered" }>, shape: z.ZodType<T>, doing: string): T {
  const parsed = shape.safeParse(written.data);
  if (parsed.success) return parsed.data;
  throw new ForgeError("unavailable", `${doing}: GitHub's answer has another shape`);
}

export const CommitAnswer = z.object({
  commit: z.object({
    commit: z.object({
      oid: z.string(),
      committedDate: z.string(),
      /** Null where the server signs nothing: then nobody can tell the bot's commits from others. */
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

/** How often a write is looked into and tried again after its answer was lost. */
export const ATTEMPTS = 4;
