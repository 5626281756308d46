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
  let isUnread = repositories.names().length === 0;
  for (const name of repositories.names()) {
    const found = await repositories
      .use(name, async (world) => {
        const read = await readRepository(world);
        return read.kind === "refused" ? undefined : findPrincipal(caller, world, read);
      })
      .catch(() => "unread" as const);
    if (found === "unread" || found === undefined) isUnread = true;
    else if (found.kind === "known") return undefined;
  }
  return isUnread
    ? refuseCaller("forge-unavailable", "the repositories cannot be read now; try again", 503)
    : refuseCaller("unknown-agent", "no agent on the default branch has this identity; was it deleted?", 403);
}
