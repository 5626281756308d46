import * as z from "zod";
import type { Sha } from "../../../domain/values/scalars.ts";
import { ForgeError } from "../../forge.ts";
import { PAGE } from "../client/pages.ts";
import { type GiteaContext, GiteaUser } from "../context.ts";

/** A commit status: `CommitStatus` in modules/structs/status.go. */
const CommitStatus = z.object({
  /** `pending`, `success`, `error`, `failure`, `warning` or `skipped`. */
  status: z.string(),
  context: z.string(),
  target_url: z.string(),
  creator: GiteaUser.nullish(),
});
export type CommitStatus = z.infer<typeof CommitStatus>;

const Combined = z.object({ statuses: z.array(CommitStatus).nullable() });

/** Most pages of statuses that are read of a commit. */
const MOST_PAGES = 20;

/**
 * The newest status of each context of a commit. Gitea combines those of one page alone, so all pages are read. Throws ForgeError,
 * also where there are more than a thousand: what is not read must not pass.
 */
export async function listStatuses({ client, path }: GiteaContext, commit: Sha): Promise<readonly CommitStatus[]> {
  const doing = `read the statuses of ${commit.slice(0, 12)}`;
  const all: CommitStatus[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ limit: String(PAGE), page: String(page) });
    const found = await client.get(doing, `${path}/commits/${encodeURIComponent(commit)}/status?${query}`, Combined);
    const statuses = found?.statuses ?? [];
    all.push(...statuses);
    if (statuses.length === 0) return all;
  }
  throw new ForgeError("unavailable", `${doing}: there are too many`);
}
