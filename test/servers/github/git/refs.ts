import { actorOf, demand } from "../model/access.ts";
import { type Account, type Caller, inTurn, type Repository, timestamp, type World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";
import { noteMove } from "../model/replica.ts";
import { followRef } from "../pulls/pull-follow.ts";
import { assertRefMove } from "../rules/rules.ts";
import { isAncestor } from "./commits.ts";
import { NO_OID, type RefUpdate } from "./git-store.ts";

/** Creates a branch or tag at a commit; refuses an existing name and an unknown commit. */
export async function createRef(
  world: World,
  caller: Caller,
  repository: Repository,
  ref: string,
  oid: string,
): Promise<void> {
  demand(world, caller, repository, "contents", "write");
  await checkName(repository, ref);
  await inTurn(repository, async () => {
    if ((await repository.git.resolve(`${oid}^{commit}`)) === undefined)
      throw new Refusal("UNPROCESSABLE", "Object does not exist");
    if ((await repository.git.resolve(ref)) !== undefined)
      throw new Refusal("UNPROCESSABLE", `A ref named "${ref}" already exists in the repository.`);
    await assertRefMove(world, repository, ref, NO_OID, oid);
    await moveRefs(world, repository, actorOf(caller), [{ ref, after: oid, before: NO_OID }]);
  });
}

export interface Move {
  readonly ref: string;
  readonly after: string;
  readonly before?: string | undefined;
  readonly force: boolean;
}

/** Moves, creates and deletes refs, all or none; refuses what is not a fast-forward without `force`. */
export async function updateRefs(
  world: World,
  caller: Caller,
  repository: Repository,
  moves: readonly Move[],
): Promise<void> {
  demand(world, caller, repository, "contents", "write");
  await inTurn(repository, async () => {
    const updates: RefUpdate[] = [];
    for (const move of moves) updates.push(await checked(world, repository, move));
    await moveRefs(world, repository, actorOf(caller), updates);
  });
}

async function checked(world: World, repository: Repository, move: Move): Promise<RefUpdate> {
  const held = (await repository.git.resolve(move.ref)) ?? NO_OID;
  if (move.before !== undefined && move.before !== held)
    throw new Refusal("STALE_DATA", `Expected ${move.ref} to point to "${move.before}" but it did not.`);
  await assertRefMove(world, repository, move.ref, held, move.after);
  if (move.after === NO_OID) {
    if (held === NO_OID) throw new Refusal("UNPROCESSABLE", "Reference does not exist");
    if (move.ref === `refs/heads/${repository.defaultBranch}`)
      throw new Refusal("UNPROCESSABLE", "Cannot delete the default branch");
    return { ref: move.ref, after: NO_OID, before: held };
  }
  if (held === NO_OID) await checkName(repository, move.ref);
  if ((await repository.git.resolve(`${move.after}^{commit}`)) === undefined)
    throw new Refusal("UNPROCESSABLE", "Object does not exist");
  if (!move.force && held !== NO_OID && !(await isAncestor(repository.git, held, move.after)))
    throw new Refusal("UNPROCESSABLE", "Update is not a fast forward");
  return { ref: move.ref, after: move.after, before: held };
}

/** Moves refs that were checked, then lets pull requests and webhooks follow. To be called in turn. */
export async function moveRefs(
  world: World,
  repository: Repository,
  actor: Account,
  updates: readonly RefUpdate[],
): Promise<void> {
  await repository.git.updateRefs(updates);
  for (const { ref, after, before } of updates) await refMoved(world, repository, actor, ref, before ?? NO_OID, after);
}

/** What happens on GitHub after a ref moved, whoever moved it (the API, or a push over Git). */
export async function refMoved(
  world: World,
  repository: Repository,
  actor: Account,
  ref: string,
  before: string,
  after: string,
): Promise<void> {
  if (before === after) return;
  repository.pushedAt = timestamp(world);
  noteMove(world, repository, ref, before);
  const forced = before !== NO_OID && after !== NO_OID && !(await isAncestor(repository.git, before, after));
  await followRef(world, repository, actor, ref, before, after, forced);
  world.emit({ kind: "push", repository, ref, before, after, forced, actor });
}

async function checkName(repository: Repository, ref: string): Promise<void> {
  const invalid = new Refusal("UNPROCESSABLE", `${ref} is not a valid ref name.`);
  if (!/^refs\/(heads|tags)\/./.test(ref) || ref.length > 255 + "refs/heads/".length) throw invalid;
  // Of all rules of git-check-ref-format these are the cheap ones; git itself refuses the rest.
  if (/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[./]$/.test(ref)) throw invalid;
  const above = ref.split("/").slice(0, -1);
  for (let depth = 3; depth <= above.length; depth++) {
    const folder = above.slice(0, depth).join("/");
    if ((await repository.git.resolve(folder)) !== undefined)
      throw new Refusal("UNPROCESSABLE", `Reference cannot be created: "${folder}" exists.`);
  }
}
