import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import type { CommentKind } from "../../comment-markers.ts";
import { ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { CommentNodes, commentKindsIn, PULL_FIELDS, PullNode, toPullRequest } from "./pull.ts";

const ONE = `query Pull($owner: String!, $name: String!, $number: Int!) {
  viewer { login }
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${PULL_FIELDS} } }
}`;
const OnePull = z.object({ viewer: z.object({ login: z.string() }), repository: z.object({ pullRequest: PullNode }) });

/** One pull request, whoever opened it; undefined where there is none of that number. Throws ForgeError. */
export async function readPull(
  client: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<PullRequest | undefined> {
  const found = await readPullNode(client, repository, number);
  return found && toPullRequest(found.node, found.viewer);
}

/** A pull request as GitHub answers it, and the login that asked; undefined where there is none. Throws ForgeError. */
export async function readPullNode(
  client: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<{ readonly node: PullNode; readonly viewer: string } | undefined> {
  // GraphQL's Int has 32 bits.
  if (!Number.isSafeInteger(number) || number < 1 || number > 0x7fffffff) return undefined;
  try {
    const answer = await client.query(`read pull request #${number}`, ONE, { ...repository, number }, OnePull);
    return { node: answer.repository.pullRequest, viewer: answer.viewer.login };
  } catch (error) {
    if (error instanceof ForgeError && error.code === "not-found") return undefined;
    throw error;
  }
}

const ManyPulls = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.record(z.string(), PullNode.nullable()),
});
/** Pull requests asked for in one document. */
const BATCH = 25;

/** Several pull requests by their numbers; undefined where one of them cannot be read. Throws ForgeError. */
export async function readPulls(
  client: GitHubClient,
  repository: RepositoryName,
  numbers: readonly number[],
): Promise<readonly PullRequest[] | undefined> {
  const batches = Array.from({ length: Math.ceil(numbers.length / BATCH) }, (_, index) =>
    numbers.slice(index * BATCH, (index + 1) * BATCH),
  );
  const read = await Promise.all(
    batches.map(async (batch) => {
      const parameters = batch.map((_, index) => `$n${index}: Int!`).join(", ");
      const fields = batch.map((_, index) => `p${index}: pullRequest(number: $n${index}) { ${PULL_FIELDS} }`);
      const document = `query Pulls($owner: String!, $name: String!, ${parameters}) {
        viewer { login }
        repository(owner: $owner, name: $name) { ${fields.join("\n")} }
      }`;
      const variables = Object.fromEntries(batch.map((number, index) => [`n${index}`, number]));
      // A pull request that is gone is a fault beside the others.
      const answer = await client.query(
        "read pull requests",
        document,
        { ...repository, ...variables },
        ManyPulls,
        () => {},
      );
      return Object.values(answer.repository).map((node) => node && toPullRequest(node, answer.viewer.login));
    }),
  );
  const pulls = read.flat().filter((pull) => pull !== null);
  return pulls.length === numbers.length ? pulls : undefined;
}

const OUTCOME = `query After($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { state mergeCommit { oid } comments(last: 20) { nodes { viewerDidAuthor body } } } }
}`;
const Outcome = z.object({
  repository: z.object({
    pullRequest: z.object({
      state: z.enum(["OPEN", "CLOSED", "MERGED"]),
      mergeCommit: z.object({ oid: z.string() }).nullable(),
      comments: CommentNodes,
    }),
  }),
});

/** What a write to a pull request has done. */
export interface PullOutcome {
  readonly state: "OPEN" | "CLOSED" | "MERGED";
  readonly mergeCommit: Sha | undefined;
  /** The bot's own marked comments. */
  readonly comments: ReadonlySet<CommentKind>;
}

/** Reads what a write whose answer was lost has done. Throws ForgeError. */
export async function readPullOutcome(
  client: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<PullOutcome> {
  const answer = await client.query(`read pull request #${number}`, OUTCOME, { ...repository, number }, Outcome);
  const { state, mergeCommit, comments } = answer.repository.pullRequest;
  return { state, mergeCommit: mergeCommit?.oid, comments: commentKindsIn(comments) };
}
