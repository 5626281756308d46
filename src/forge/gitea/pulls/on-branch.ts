import * as z from "zod";
import type { PullRequest } from "../../../domain/pull-request.ts";
import type { Sha } from "../../../domain/values/scalars.ts";
import { ForgeError } from "../../forge.ts";
import { branchPath } from "../context.ts";
import { listOpenOnBranches } from "./list.ts";
import { type PullContext, readGiteaPull, toPull } from "./read.ts";

const BranchFacts = z.object({ name: z.string(), commit: z.object({ id: z.string() }) });

/** The head of a branch now; undefined where there is none. Throws ForgeError. */
export async function readBranchHead(
  { client, path }: Pick<PullContext, "client" | "path">,
  branch: string,
): Promise<Sha | undefined> {
  const found = await client.get(`read the branch ${branch}`, `${path}/branches/${branchPath(branch)}`, BranchFacts);
  return found?.commit.id;
}

/** The open pull request on a branch of the bot, whoever opened it; undefined where there is none. Throws ForgeError. */
export async function findOpenOnBranch(context: PullContext, branch: string): Promise<PullRequest | undefined> {
  const open = await listOpenOnBranches(context);
  const listed = open.items.find(({ head }) => head.label === branch);
  if (listed === undefined && !open.complete)
    throw new ForgeError("unavailable", `look for the pull request of ${branch}: the list is not complete`);
  const found = listed === undefined ? undefined : await readGiteaPull(context, listed.number);
  return found === undefined ? undefined : toPull(context, found);
}
