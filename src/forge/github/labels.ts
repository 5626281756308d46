import * as z from "zod";
import type { Proposal } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Warn } from "../../domain/warn.ts";
import { ForgeError } from "../forge.ts";
import type { GitHubContext } from "./context.ts";
import { findNodeIds, type Named, type NodeId } from "./node-ids.ts";
import { ATTEMPTS, faultOfPart, parts, write } from "./write.ts";

/**
 * Adds the missing labels and requests the reviews, in a second document, since both need the pull request's id. Returns the
 * pull request with its labels. A label or reviewer that GitHub does not know is left out with a warning; a ForgeError is
 * only a warning, too.
 */
export async function setLabelsAndReviewers(
  context: GitHubContext,
  pull: PullRequest,
  wanted: Pick<Proposal, "labels" | "reviewers">,
  warn: Warn,
): Promise<PullRequest> {
  const labels = wanted.labels.filter((label) => !pull.labels.includes(label));
  if (labels.length === 0 && wanted.reviewers.length === 0) return pull;
  try {
    const found = await findNodeIds(context, { labels, reviewers: wanted.reviewers }, warn);
    const ids = wanted.reviewers.length === 0 ? found : await withoutAsked(context, pull, found);
    const isRefused = await sendLabelsAndReviewers(context, pull, ids, warn);
    return isRefused ? pull : { ...pull, labels: [...pull.labels, ...ids.labels.map(({ name }) => name)] };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    warn({ pull: pull.number, error: error.message }, "labels and reviewers could not be set");
    return pull;
  }
}

const ASKED = `query Asked($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewRequests(first: 100) { nodes { requestedReviewer { ... on User { id } ... on Team { id } } } }
  } }
}`;
const Asked = z.object({
  repository: z.object({
    pullRequest: z.object({
      reviewRequests: z.object({
        nodes: z
          .array(z.object({ requestedReviewer: z.object({ id: z.string().optional() }).nullable() }).nullable())
          .nullable(),
      }),
    }),
  }),
});

/** The reviewers who were not asked yet: GitHub asks the owners in CODEOWNERS by itself when the pull request opens. */
async function withoutAsked(context: GitHubContext, { number }: PullRequest, found: Named): Promise<Named> {
  const { client, owner, name } = context;
  const answer = await client.query(`read who reviews #${number}`, ASKED, { owner, name, number }, Asked);
  const nodes = answer.repository.pullRequest.reviewRequests.nodes ?? [];
  const asked = new Set(nodes.map((node) => node?.requestedReviewer?.id));
  const isNew = ({ id }: NodeId) => !asked.has(id);
  return { ...found, people: found.people.filter(isNew), teams: found.teams.filter(isNew) };
}

/** Adds labels to an issue. A label that GitHub does not know or refuses is left out with a warning; a ForgeError is one, too. */
export async function addLabels(
  context: GitHubContext,
  issue: Labelled,
  labels: readonly string[],
  warn: Warn,
): Promise<void> {
  if (labels.length === 0) return;
  try {
    await sendLabelsAndReviewers(context, issue, await findNodeIds(context, { labels, reviewers: [] }, warn), warn);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    warn({ issue: issue.number, error: error.message }, "labels could not be set");
  }
}

type Labelled = Pick<PullRequest, "id" | "number">;

/** Returns whether the labels were refused. Sending them twice does no harm, so after a lost answer they are sent again. */
async function sendLabelsAndReviewers(
  context: GitHubContext,
  pull: Labelled,
  { labels, people, teams }: Awaited<ReturnType<typeof findNodeIds>>,
  warn: Warn,
): Promise<boolean> {
  const isAsking = people.length + teams.length > 0;
  if (labels.length === 0 && !isAsking) return false;
  const ids = (found: readonly { readonly id: string }[]): readonly string[] => found.map(({ id }) => id);
  const doing = `label #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(context.client, doing, {
      labels: labels.length === 0 ? undefined : parts.labels(pull.id, ids(labels)),
      reviewers: isAsking ? parts.reviewers(pull.id, ids(people), ids(teams)) : undefined,
    });
    if (written.kind === "lost") continue;
    const refused = faultOfPart(written, "labels", doing);
    const fault = refused ?? faultOfPart(written, "reviewers", doing);
    if (fault !== undefined) warn({ pull: pull.number, error: fault.message }, "label or reviewer refused");
    return refused !== undefined;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}
