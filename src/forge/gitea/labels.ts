import * as z from "zod";
import type { Proposal } from "../../domain/proposal.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { ForgeError } from "../forge.ts";
import { listPages } from "./client/pages.ts";
import { type GiteaContext, refuseAbsent } from "./context.ts";

const GiteaLabel = z.object({ id: z.int(), name: z.string() });
const Anything = z.unknown();

/** Most pages of labels that are searched. */
const MOST_PAGES = 20;
/** Of a label that is made here, as on GitHub. */
const COLOUR = "#ededed";

/**
 * The ids of labels; one that the repository and its organisation lack is made. One that is refused is left out with a warning,
 * and so are all where they cannot be read.
 */
export async function labelIdsOf(context: GiteaContext, names: readonly string[]): Promise<readonly number[]> {
  if (names.length === 0) return [];
  try {
    const missing = names.filter((name) => !context.labelIds.has(name));
    if (missing.length > 0) lookUp(context, missing);
    const ids = await Promise.all(names.map((name) => context.labelIds.get(name)));
    return ids.filter((id) => id !== undefined);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    context.warn({ error: error.message }, "labels could not be looked up");
    return [];
  }
}

/** Looks several up with one list, and makes those that are not there. */
function lookUp(context: GiteaContext, names: readonly string[]): void {
  const listed = listLabels(context);
  for (const name of names) {
    const id = listed.then((labels) => labels.find((label) => label.name === name)?.id ?? createLabel(context, name));
    context.labelIds.set(name, id);
    // A look-up that failed is repeated the next time; those who wait for it now get the error.
    id.catch(() => context.labelIds.delete(name));
  }
}

/** The labels of the repository, then those of its organisation, where it belongs to one whose labels the token may read. */
async function listLabels(context: GiteaContext): Promise<readonly z.infer<typeof GiteaLabel>[]> {
  const { client, path } = context;
  const listing = { doing: "list the labels", query: {}, shape: GiteaLabel, most: MOST_PAGES };
  const [, , owner = ""] = path.split("/");
  const organisation = { ...listing, path: `/orgs/${owner}/labels`, absent: async () => {} };
  const [own, shared] = await Promise.all([
    listPages(client, { ...listing, path: `${path}/labels`, absent: () => refuseAbsent("list of labels") }),
    listPages(client, organisation).catch((error: unknown) => {
      if (error instanceof ForgeError) return { items: [] };
      throw error;
    }),
  ]);
  return [...own.items, ...shared.items];
}

async function createLabel(context: GiteaContext, name: string): Promise<number | undefined> {
  const request = { method: "POST" as const, path: `${context.path}/labels`, body: { name, color: COLOUR } };
  const written = await context.client.write(`create the label ${name}`, request, GiteaLabel);
  if (written.kind === "done") return written.data.id;
  context.warn({ label: name, error: written.error.message }, "label refused");
  return undefined;
}

/** Adds labels to a pull request or an issue. What is refused is a warning. Returns whether they were added. */
export async function addGiteaLabels(
  context: GiteaContext,
  number: number,
  names: readonly string[],
): Promise<boolean> {
  const labels = await labelIdsOf(context, names);
  if (labels.length === 0) return false;
  const request = { method: "POST" as const, path: `${context.path}/issues/${number}/labels`, body: { labels } };
  const written = await context.client.write(`label #${number}`, request, Anything);
  if (written.kind === "done") return true;
  context.warn({ number, error: written.error.message }, "labels refused");
  return false;
}

/**
 * Asks for reviews: of people (`@name`) and of teams of the repository's organisation (`@organisation/team`). Gitea refuses all of
 * a request for one unknown name, so each has its own. What is refused is a warning.
 */
export async function requestGiteaReviews(
  context: GiteaContext,
  pull: Pick<PullRequest, "number">,
  reviewers: Proposal["reviewers"],
): Promise<void> {
  await Promise.all(
    reviewers.map(async (reviewer) => {
      const [name = "", team] = reviewer.replace(/^@/, "").split("/");
      const body = team === undefined ? { reviewers: [name] } : { team_reviewers: [team] };
      const path = `${context.path}/pulls/${pull.number}/requested_reviewers`;
      const written = await context.client.write(
        `ask ${reviewer} for a review`,
        { method: "POST", path, body },
        Anything,
      );
      if (written.kind !== "done")
        context.warn({ pull: pull.number, reviewer, error: written.error.message }, "reviewer refused");
    }),
  );
}
