import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../domain/scalars.ts";
import { finishKilledRuns } from "./finish-checkout.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace } from "./git-place.ts";
import { prepareLock, untilFree } from "./index-lock.ts";
import { note } from "./journal.ts";
import { openFolder } from "./open-folder.ts";
import { assertUpdates, pastLeftLocks, type RefUpdate, refsOf, transactionInput } from "./refs.ts";
import { type GitOutput, runGit, runScript, splitNul } from "./run-git.ts";

/** The folder where a branch is checked out, or undefined: the repository's own, or a linked working tree. */
export async function checkedOutAt(place: GitPlace, branch: string): Promise<string | undefined> {
  if (place.bare && !(await hasLinked(place))) return undefined;
  const { stdout } = await runGit(place, ["worktree", "list", "--porcelain", "-z"]);
  let folder: string | undefined;
  for (const line of splitNul(stdout)) {
    if (line.startsWith("worktree ")) folder = line.slice("worktree ".length);
    if (line === `branch refs/heads/${branch}`) return folder;
  }
  return undefined;
}

async function hasLinked({ gitDir }: GitPlace): Promise<boolean> {
  return access(join(gitDir, "worktrees")).then(
    () => true,
    () => false,
  );
}

/** A merge into a branch that is checked out: the commits the folder goes from and to, and the refs that change. */
export interface CheckoutMove {
  readonly from: Sha;
  readonly to: Sha;
  readonly refs: readonly RefUpdate[];
}

/**
 * Changes refs, among them a branch that is checked out in a folder, and brings the folder, its index and its files, along.
 * Throws GitError "conflict", naming what is in the way, where local changes would be overwritten, "unavailable" where
 * the index is locked by somebody else, and what `updateRefs` throws; nothing is changed then. It is one script in a
 * process group of its own, so that it ends although this process is killed; where the whole machine stops, the journal
 * tells the next run what is left to do.
 */
export async function moveCheckout(place: GitPlace, folder: string, move: CheckoutMove): Promise<void> {
  assertUpdates(move.refs);
  await finishKilledRuns(place).catch((error: unknown) => {
    throw error instanceof GitError ? error : unusable(folder, error);
  });
  const there = folder === place.workTree ? place : await openFolder(folder, place.env);
  await pastLeftLocks(there, () => moveOnce(there, folder, move));
}

/** What Git says where it did not change the refs. */
async function moveOnce(
  there: GitPlace,
  folder: string,
  { from, to, refs }: CheckoutMove,
): Promise<string | undefined> {
  const noted = note(there, { refs: refsOf(refs), checkout: { folder, gitDir: there.gitDir, from, to } });
  let output: GitOutput | undefined;
  try {
    const { lock, draft, copy, index } = await prepareLock(there, noted.id);
    await untilFree(there, noted.id, async () => {
      output = await runScript(there, SCRIPT, [lock, draft, copy, index, from, to], {
        input: `go\n${transactionInput(refs)}`,
        accept: Object.values(ENDS),
        untilDone: true,
        started: noted.child,
      });
      return output.code !== ENDS.locked;
    });
  } catch (error) {
    await rm(join(there.gitDir, "raos", `${noted.id}.held`), { force: true });
    if (output?.code === ENDS.locked) noted.done();
    else {
      // Killed: what it did not come to is done now.
      noted.leave();
      await finishKilledRuns(there);
    }
    throw error instanceof GitError ? error : unusable(folder, error);
  }
  const { code = ENDS.done, stderr = "" } = output ?? {};
  if (code === ENDS.behind) {
    // The merge stands. What cut the folder short is met once more, file by file.
    noted.leave();
    await finishKilledRuns(there);
    return undefined;
  }
  noted.done();
  if (code === ENDS.done) return undefined;
  if (code === ENDS.refused) return stderr;
  if (code === ENDS.local)
    throw new GitError(
      "conflict",
      `local changes in ${folder} are in the way: ${reason(stderr)}; commit or stash them first`,
    );
  throw new GitError("failed", `the index of ${folder} cannot be copied: ${stderr.trim()}`);
}

function unusable(folder: string, cause: unknown): GitError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new GitError("unavailable", `the index of ${folder} cannot be changed: ${words}`, { cause });
}

/** How the script ends. */
const ENDS = { done: 0, locked: 10, local: 11, refused: 12, behind: 13, full: 14 } as const;

/** It begins when it is told to, once the journal names it, and works on a copy of the index. Nothing is put into its text. */
const SCRIPT = `
IFS= read -r go || exit ${ENDS.full}
lock=$1 draft=$2 copy=$3 index=$4 from=$5 to=$6
if ! ln "$draft" "$lock" 2>/dev/null; then
  if [ -e "$lock" ] || ! (set -C; cat "$draft" >"$lock") 2>/dev/null; then exit ${ENDS.locked}; fi
fi
let_go() { rm -f "$copy" "$copy.lock" "$draft" "$lock"; exit "$1"; }
rm -f "$copy" "$copy.lock"
if [ -e "$index" ]; then cp -p "$index" "$copy" || let_go ${ENDS.full}; fi
export GIT_INDEX_FILE="$copy"
git update-index -q --refresh </dev/null >/dev/null 2>&1
git read-tree -n -m -u "$from" "$to" </dev/null || let_go ${ENDS.local}
(unset GIT_INDEX_FILE; exec git update-ref --no-deref --stdin -z >/dev/null) || let_go ${ENDS.refused}
git read-tree -m -u "$from" "$to" </dev/null 2>/dev/null || let_go ${ENDS.behind}
mv -f "$copy" "$index" || let_go ${ENDS.behind}
let_go ${ENDS.done}
`;

function reason(stderr: string): string {
  const line = stderr.split("\n").find((one) => one.startsWith("error: ")) ?? stderr.split("\n")[0] ?? "";
  return line.replace(/^(error|fatal): /, "").replace(/\. Cannot merge\.$|\.$/, "");
}
