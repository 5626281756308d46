import { countBetween, isAncestor } from "../git/commits.ts";
import { NO_OID } from "../git/git-store.ts";
import { type Account, type Pull, type Repository, timestamp, type World } from "../model/model.ts";

/**
 * What a moved branch does to pull requests: a deleted head branch closes its pull request; so does a head that holds
 * nothing beyond its base; a base that came to contain the head makes it merged. To be called in turn.
 */
export async function followRef(
  world: World,
  repository: Repository,
  actor: Account,
  ref: string,
  before: string,
  after: string,
  forced: boolean,
): Promise<void> {
  if (!ref.startsWith("refs/heads/")) return;
  const branch = ref.slice("refs/heads/".length);
  for (const pull of pullsFrom(world, repository, branch)) {
    if (pull.state === "OPEN") await followHead(world, pull, actor, before, after, forced);
    else if (after !== NO_OID && forced) pull.reopenable = false;
  }
  if (after === NO_OID || before === NO_OID) return;
  for (const pull of repository.pulls.values()) {
    if (pull.state !== "OPEN" || pull.baseRef !== branch) continue;
    if (await isAncestor(repository.git, pull.head, after)) markMerged(world, pull, actor, after);
  }
}

function pullsFrom(world: World, repository: Repository, branch: string): readonly Pull[] {
  const found: Pull[] = [];
  const targets = repository.fork === undefined ? [repository] : [repository, ...world.repositories.values()];
  for (const target of new Set(targets)) {
    for (const number of target.pullsByBranch.get(branch) ?? []) {
      const pull = target.pulls.get(number);
      if (pull?.headRepository === repository) found.push(pull);
    }
  }
  return found;
}

async function followHead(
  world: World,
  pull: Pull,
  actor: Account,
  before: string,
  after: string,
  forced: boolean,
): Promise<void> {
  if (after === NO_OID) return closePull(world, pull, actor);
  pull.head = after;
  pull.updatedAt = timestamp(world);
  await keepHead(pull);
  world.emit({ kind: "pull_request", action: "synchronize", pull, actor, before });
  const base = await pull.repository.git.resolve(`refs/heads/${pull.baseRef}`);
  if (base === undefined || (await countBetween(pull.repository.git, base, after)) > 0) return;
  // Nothing is left to merge. A rewritten branch closes; one that the base caught up with counts as merged.
  if (forced || !(await isAncestor(pull.repository.git, before, base))) {
    closePull(world, pull, actor);
    pull.reopenable = false;
  } else markMerged(world, pull, actor, after);
}

/** `refs/pull/<n>/head`, which GitHub keeps after the branch is gone. */
export async function keepHead(pull: Pull): Promise<void> {
  if (pull.headRepository !== pull.repository) {
    await pull.repository.git.git(
      "fetch",
      "--quiet",
      pull.headRepository.git.dir,
      `+${pull.head}:refs/pull/${pull.number}/head`,
    );
    return;
  }
  await pull.repository.git.updateRefs([{ ref: `refs/pull/${pull.number}/head`, after: pull.head, before: undefined }]);
}

/** Closes without merging. */
export function closePull(world: World, pull: Pull, actor: Account): void {
  const at = timestamp(world);
  pull.state = "CLOSED";
  pull.updatedAt = at;
  pull.closings.push({ actor, at });
  world.emit({ kind: "pull_request", action: "closed", pull, actor });
}

export function markMerged(world: World, pull: Pull, actor: Account, commit: string): void {
  const at = timestamp(world);
  pull.state = "MERGED";
  pull.updatedAt = at;
  pull.mergedAt = at;
  pull.mergedBy = actor;
  pull.mergeCommit = commit;
  pull.closings.push({ actor, at });
  world.emit({ kind: "pull_request", action: "closed", pull, actor });
}
