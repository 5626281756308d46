import type { Principal } from "../../domain/request/principal.ts";
import type { World } from "../../pass/world.ts";
import type { ToolContext } from "../context.ts";
import { chooseRepository, shownRepository } from "../repository-argument.ts";
import { refuseCall, type ToolResult } from "../tool.ts";
import { findPrincipal } from "./find-principal.ts";
import { type ReadRepository, readRepository } from "./read-repository.ts";
import { type Sight, sightOf } from "./sight.ts";

/** A call in one repository: what was read there, who asks, and what they may see. */
export interface Visit {
  /** The repository, as callers name it. */
  readonly repository: string;
  readonly world: World;
  readonly read: ReadRepository;
  readonly principal: Principal;
  readonly sight: Sight;
}

/**
 * Runs `work` in the repository that the caller means, where they are somebody. What they may not see is answered as if it were not there.
 * `line` "draft": as `ApiRepositories.draft`. Throws GitError, ForgeError, ToolBusy.
 */
export async function visit<T>(
  { caller, repositories }: ToolContext,
  asked: string | undefined,
  work: (visit: Visit) => Promise<ToolResult<T>>,
  line: "use" | "draft" = "use",
): Promise<ToolResult<T>> {
  const served = repositories.names();
  const chosen = chooseRepository(served, asked);
  if (chosen === undefined) return refuseRepository(served, asked, caller.kind === "principal" && caller.trusted);
  return repositories[line](chosen, async (world) => {
    const read = await readRepository(world);
    if (read.kind === "refused") return read;
    const found = await findPrincipal(caller, world, read);
    if (found.kind === "refused") return refuseCall(found.reason, found.message);
    const { principal } = found;
    const sight = sightOf(principal, world, read);
    return work({ repository: shownRepository(chosen), world, read, principal, sight });
  });
}

/** Names of repositories are shown only to those whom the operator knows. */
function refuseRepository(served: readonly string[], asked: string | undefined, isTrusted: boolean) {
  const names = isTrusted ? `: ${served.slice(0, 20).map(shownRepository).join(", ")}` : "";
  if (served.length === 0) return refuseCall("not-ready", "no repository is known yet; try again");
  return asked === undefined
    ? refuseCall("which-repository", `several repositories are served; name one in repo${names}`)
    : refuseCall("unknown-repository", `repo names none of the repositories that are served${names}`);
}
