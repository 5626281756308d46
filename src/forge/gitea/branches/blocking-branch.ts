import * as z from "zod";
import { branchBlockedError, type ForgeError } from "../../forge.ts";
import { branchPath, type GiteaContext } from "../context.ts";

const Named = z.object({ name: z.string() });
const Refs = z.union([z.array(z.object({ ref: z.string() })), z.object({ ref: z.string() })]);
const HEADS = "refs/heads/";

/**
 * Finds a branch whose name makes `branch` impossible (Git has no branch `a` beside `a/b`), and returns an error that names it.
 * Undefined where there is none. Throws ForgeError.
 */
export async function findBranchInTheWay(context: GiteaContext, branch: string): Promise<ForgeError | undefined> {
  const { client, path } = context;
  const doing = `look what blocks ${branch}`;
  const steps = branch.split("/");
  for (let length = 1; length < steps.length; length += 1) {
    const above = steps.slice(0, length).join("/");
    const found = await client.get(doing, `${path}/branches/${branchPath(above)}`, Named);
    if (found?.name === above) return branchBlockedError(above, branch);
  }
  const below = await client.get(doing, `${path}/git/refs/heads/${branchPath(branch)}/`, Refs);
  const refs = (below === undefined ? [] : Array.isArray(below) ? below : [below]).map(({ ref }) => ref);
  const blocker = refs.find((ref) => ref.startsWith(`${HEADS}${branch}/`))?.slice(HEADS.length);
  return blocker === undefined ? undefined : branchBlockedError(blocker, branch);
}
