import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { splitNul } from "../nul-records.ts";
import { openFolder } from "../open-folder.ts";
import { type GitOutput, runGit, runScript } from "../run-git.ts";
import { assertUpdates, type RefUpdate, refsOf, retryPastLeftLocks, transactionInput } from "../write/refs.ts";
import { prepareLock, waitForLock } from "./index-lock.ts";
import { openEntry } from "./journal.ts";
import { repairAfterKilledRuns } from "./repair-checkout.ts";

/** The folder where a branch is checked out, the repository's own or a linked working tree; undefined: nowhere. */
export async function findCheckout(place: GitPlace, branch: string): Promise<string | undefined> {
  if (place.bare && !(await hasLinkedWorktrees(place))) return undefined;
  const { stdout } = await runGit(place, ["worktree", "list", "--porcelain", "-z"]);
  let folder: string | undefined;
  for (const line of splitNul(stdout)) {
    if (line.startsWith("worktree ")) folder = line.slice("worktree ".length);
    if (line === `branch refs/heads/${branch}`) return folder;
  }
  return undefined;
}

async function hasLinkedWorktrees({ gitDir }: GitPlace): Promise<boolean> {
  return access(join(gitDir, "worktrees")).then(
    () => true,
    () => false,
  );
}

/** A merge into a checked-out branch: the folder's commit before and after, and the refs that change. */
export interface CheckoutMove {
  readonly from: Sha;
  readonly to: Sha;
  readonly refs: readonly RefUpdate[];
}

/**
 * Changes refs, among them a branch that is checked out in a folder, and updates the folder's index and files. Throws GitError
 * "conflict", naming the file, where local changes would be overwritten, "unavailable" where another program locks the index,
 * and what `updateRefs` throws; then nothing is changed. It is one script in a process group of its own, so that it finishes
 * even if this process is killed. Where the machine stops, the journal tells the next run what is left to do.
 */
export async function moveCheckout(place: GitPlace, folder: string, move: CheckoutMove): Promise<void> {
  assertUpdates(move.refs);
  await repairAfterKilledRuns(place).catch((error: unknown) => {
    throw error instanceof GitError ? error : indexError(folder, error);
  });
  const there = folder === place.workTree ? place : await openFolder(folder, place.env);
  await retryPastLeftLocks(there, () => moveOnce(there, folder, move));
}

/** Git's message where it did not change the refs; undefined where it did. */
async function moveOnce(
  there: GitPlace,
  folder: string,
  { from, to, refs }: CheckoutMove,
): Promise<string | undefined> {
  const noted = openEntry(there, { refs: refsOf(refs), checkout: { folder, gitDir: there.gitDir, from, to } });
  let output: GitOutput | undefined;
  try {
    const { lock, draft, copy, index } = await prepareLock(there, noted.id);
    await waitForLock(there, noted.id, async () => {
      output = await runScript(there, SCRIPT, [lock, draft, copy, index, from, to], {
        input: `go\n${transactionInput(refs)}`,
        accept: Object.values(ENDS),
        ignoreDeadline: true,
        started: noted.recordChild,
      });
      return output.code !== ENDS.locked;
    });
  } catch (error) {
    await rm(join(there.gitDir, "raos", `${noted.id}.held`), { force: true });
    if (output?.code === ENDS.locked) noted.remove();
    else {
      // The script was killed: this does the rest.
      noted.abandon();
      await repairAfterKilledRuns(there);
    }
    throw error instanceof GitError ? error : indexError(folder, error);
  }
  const { code = ENDS.done, stderr = "" } = output ?? {};
  if (code === ENDS.behind) {
    // The refs have changed. The folder is updated once more, file by file.
    noted.abandon();
    await repairAfterKilledRuns(there);
    return undefined;
  }
  noted.remove();
  if (code === ENDS.done) return undefined;
  if (code === ENDS.refused) return stderr;
  if (code === ENDS.local)
    throw new GitError(
      "conflict",
      `local changes in ${folder} are in the way: ${firstErrorIn(stderr)}; commit or stash them first`,
    );
  throw new GitError("failed", `the index of ${folder} cannot be copied: ${stderr.trim()}`);
}

function indexError(folder: string, cause: unknown): GitError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new GitError("unavailable", `the index of ${folder} cannot be changed: ${words}`, { cause });
}

/** The script's exit codes. */
const ENDS = { done: 0, locked: 10, local: 11, refused: 12, behind: 13, full: 14 } as const;

/** The script waits for a line of input, which comes once the journal names its process, and works on a copy of the index. */
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

function firstErrorIn(stderr: string): string {
  const line = stderr.split("\n").find((one) => one.startsWith("error: ")) ?? stderr.split("\n")[0] ?? "";
  return line.replace(/^(error|fatal): /, "").replace(/\. Cannot merge\.$|\.$/, "");
}
