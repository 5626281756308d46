import * as z from "zod";
import { branchBlockedError, type ForgeError } from "../../forge.ts";
import type { GitHubClient } from "../client/client.ts";
import type { RepositoryName } from "../context.ts";

const BLOCKERS = `query Blockers($owner: String!, $name: String!, $below: String!, $r0: String!, $r1: String!, $r2: String!, $r3: String!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: $below, first: 1) { nodes { name prefix } }
    r0: ref(qualifiedName: $r0) { name } r1: ref(qualifiedName: $r1) { name }
    r2: ref(qualifiedName: $r2) { name } r3: ref(qualifiedName: $r3) { name }
  }
}`;
const Named = z.object({ name: z.string() }).nullable();
const Blockers = z.object({
  repository: z.object({
    refs: z
      .object({ nodes: z.array(z.object({ name: z.string(), prefix: z.string() }).nullable()).nullable() })
      .nullable(),
    r0: Named,
    r1: Named,
    r2: Named,
    r3: Named,
  }),
});

/**
 * Finds a branch whose name makes `branch` impossible (Git has no branch `a` beside `a/b`), and returns an error that names it.
 * Undefined where there is none. One read.
 */
export async function findBlockingBranch(
  client: GitHubClient,
  repository: RepositoryName,
  branch: string,
): Promise<ForgeError | undefined> {
  const steps = branch.split("/");
  const above = steps.slice(1).map((_, index) => steps.slice(0, index + 1).join("/"));
  const names = Object.fromEntries(
    [0, 1, 2, 3].map((index) => [`r${index}`, `refs/heads/${above[index] ?? above[0]}`]),
  );
  const variables = { ...repository, ...names, below: `refs/heads/${branch}/` };
  const answer = await client.query(`look what blocks ${branch}`, BLOCKERS, variables, Blockers);
  const { refs, r0, r1, r2, r3 } = answer.repository;
  const below = refs?.nodes?.[0];
  const parent = [r0, r1, r2, r3].find((ref) => ref !== null)?.name;
  const blocker = parent ?? (below === undefined || below === null ? undefined : `${branch}/${below.name}`);
  return blocker === undefined ? undefined : branchBlockedError(blocker, branch);
}
