import { type Caller, type IdentityRefusal, refuseCaller } from "../../identity/caller.ts";
import type { ApiRepositories } from "../context.ts";
import { findPrincipal } from "./find-principal.ts";
import { readRepository } from "./read-repository.ts";

/** Why an agent is nobody: no repository that is served has it. Undefined for one that is there, and for people. Never throws. */
export async function refuseStranger(
  caller: Caller,
  repositories: ApiRepositories,
): Promise<IdentityRefusal | undefined> {
  if (caller.kind === "principal" && caller.principal.kind === "person") return undefined;
  const names = repositories.names();
  let isUnread = names.length === 0;
  // All at once: whoever is found in one does not wait for a line in another.
  const asked = names.map((name) =>
    repositories.use(name, async (world) => {
      const read = await readRepository(world);
      const found = read.kind === "refused" ? undefined : await findPrincipal(caller, world, read);
      if (found?.kind === "known") return;
      if (found === undefined) isUnread = true;
      throw new NotHere();
    }),
  );
  const results = asked.map((one) =>
    one.catch((error: unknown) => {
      if (!(error instanceof NotHere)) isUnread = true;
      throw error;
    }),
  );
  const isKnown = await Promise.any(results).then(
    () => true,
    () => false,
  );
  if (isKnown) return undefined;
  return isUnread
    ? refuseCaller("forge-unavailable", "the repositories cannot be read now; try again", 503)
    : refuseCaller("unknown-agent", "no agent on the default branch has this identity; was it deleted?", 403);
}

/** The caller is nobody in this repository. */
class NotHere extends Error {
  override readonly name = "NotHere";
}
