import type { PullRequests } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";
import { type BranchPulls, listEndedPulls } from "./list-ended-pulls.ts";
import { listOpenPulls } from "./list-open-pulls.ts";

/** Branches asked for in one document. */
const BATCH = 50;

/**
 * The open pull requests on the bot's branches and, for each branch, the bot's newest closed or merged one; `former` are its former accounts. What could not
 * be read is left out, and `complete` is then false. Throws ForgeError only where nothing at all can be read.
 */
export async function listPulls(
  client: GitHubClient,
  repository: RepositoryName,
  branches: readonly string[],
  former: readonly string[] = [],
): Promise<BranchPulls & PullRequests> {
  const names = [...new Set(branches)];
  const batches = Array.from({ length: Math.ceil(names.length / BATCH) }, (_, index) =>
    names.slice(index * BATCH, (index + 1) * BATCH),
  );
  const [open, ...ended] = await Promise.all([
    listOpenPulls(client, repository),
    ...batches.map((batch) => listEndedPulls(client, repository, batch, former)),
  ]);
  return {
    pulls: [...open.pulls, ...ended.flatMap(({ pulls }) => pulls)],
    account: open.account,
    complete: open.complete && ended.every(({ complete }) => complete),
    heads: new Map(ended.flatMap(({ heads }) => [...heads])),
  };
}
