import type { Account, Caller, Level, Repository, World } from "./model.ts";
import { FORBIDDEN, Refusal } from "./refusal.ts";

const RANK = { read: 1, write: 2, admin: 3 } as const;

/** The account that acts: an installation's bot, or the person. */
export function actorOf(caller: Caller): Account {
  if (caller.kind === "installation") return caller.app.bot;
  if (caller.kind === "user") return caller.user;
  throw new Refusal("UNAUTHORIZED", "Requires authentication");
}

/** Whether the caller may see the repository at all; what may not be seen is "not found". */
export function canSee(world: World, caller: Caller, repository: Repository): boolean {
  switch (caller.kind) {
    case "installation":
      if (caller.installation.account.login !== repository.owner.login) return !repository.isPrivate;
      return caller.repositoryIds === undefined || caller.repositoryIds.includes(repository.id);
    case "user":
      return !repository.isPrivate || levelOf(caller.user, repository) !== undefined;
    case "app":
    case "anonymous":
      return !repository.isPrivate;
    default:
      throw new Error(`no such caller in ${world.url}: ${caller satisfies never}`);
  }
}

/** What a person may do in a repository; undefined: nothing of their own. */
export function levelOf(user: Account, repository: Repository): Level | undefined {
  return repository.owner.login === user.login ? "admin" : repository.collaborators.get(user.login);
}

/** Throws where the caller lacks this permission on the repository, as GitHub would word it. */
export function demand(world: World, caller: Caller, repository: Repository, permission: string, level: Level): void {
  if (!canSee(world, caller, repository)) throw new Refusal("NOT_FOUND", "Not Found");
  if (allows(caller, repository, permission, level)) return;
  if (caller.kind === "installation") throw new Refusal("FORBIDDEN", FORBIDDEN);
  throw new Refusal(
    caller.kind === "anonymous" ? "UNAUTHORIZED" : "FORBIDDEN",
    caller.kind === "anonymous" ? "Requires authentication" : "Must have push access to repository",
  );
}

/** Whether the caller holds this permission on a repository it can see. */
export function allows(caller: Caller, repository: Repository, permission: string, level: Level): boolean {
  if (level === "read" && !repository.isPrivate) return true;
  if (caller.kind === "installation") {
    if (caller.installation.account.login !== repository.owner.login) return false;
    const held = caller.permissions[permission];
    return held !== undefined && RANK[held] >= RANK[level];
  }
  if (caller.kind !== "user") return false;
  const held = levelOf(caller.user, repository);
  return held !== undefined && RANK[held] >= RANK[level];
}
