import type { Proposal, StandingPull } from "../domain/change.ts";
import { ForgeError } from "./forge.ts";
import { lookUp, type Warn } from "./github-node-ids.ts";
import type { Setting } from "./github-open.ts";
import { ATTEMPTS, faultOf, parts, write } from "./github-write.ts";

/**
 * Adds the labels that are missing and asks the reviewers: a second document, since both need the pull request's id. A
 * label or reviewer that GitHub does not know is left out with a warning; the pull request stands all the same.
 */
export async function decorate(
  setting: Setting,
  pull: StandingPull,
  wanted: Pick<Proposal, "labels" | "reviewers">,
  warn: Warn,
): Promise<StandingPull> {
  const labels = wanted.labels.filter((label) => !pull.labels.includes(label));
  if (labels.length === 0 && wanted.reviewers.length === 0) return pull;
  try {
    const ids = await lookUp(setting, { labels, reviewers: wanted.reviewers }, warn);
    const isRefused = await say(setting, pull, ids, warn);
    return isRefused ? pull : { ...pull, labels: [...pull.labels, ...ids.labels.map(({ name }) => name)] };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    warn({ pull: pull.number, error: error.message }, "labels and reviewers could not be set");
    return pull;
  }
}

/** Adds labels to an issue; one that GitHub does not know or refuses is left out with a warning. */
export async function addLabels(
  setting: Setting,
  issue: Labelled,
  labels: readonly string[],
  warn: Warn,
): Promise<void> {
  if (labels.length === 0) return;
  try {
    await say(setting, issue, await lookUp(setting, { labels, reviewers: [] }, warn), warn);
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    warn({ issue: issue.number, error: error.message }, "labels could not be set");
  }
}

type Labelled = Pick<StandingPull, "id" | "number">;

/** Whether the labels were refused. Saying all this twice does no harm, so a lost answer is answered by saying it again. */
async function say(
  setting: Setting,
  pull: Labelled,
  { labels, people, teams }: Awaited<ReturnType<typeof lookUp>>,
  warn: Warn,
): Promise<boolean> {
  const isAsking = people.length + teams.length > 0;
  if (labels.length === 0 && !isAsking) return false;
  const ids = (found: readonly { readonly id: string }[]): readonly string[] => found.map(({ id }) => id);
  const doing = `label #${pull.number}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await write(setting.client, doing, {
      labels: labels.length === 0 ? undefined : parts.labels(pull.id, ids(labels)),
      reviewers: isAsking ? parts.reviewers(pull.id, ids(people), ids(teams)) : undefined,
    });
    if (written.kind === "lost") continue;
    const refused = faultOf(written, "labels", doing);
    const fault = refused ?? faultOf(written, "reviewers", doing);
    if (fault !== undefined) warn({ pull: pull.number, error: fault.message }, "label or reviewer refused");
    return refused !== undefined;
  }
  throw new ForgeError("unavailable", `${doing}: no answer`);
}
