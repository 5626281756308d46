import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Oid, Path } from "../../domain/values/scalars.ts";
import type { GitPlace } from "../git-place.ts";
import { splitNul } from "../nul-records.ts";
import { openObjectReader } from "../objects/object-reader.ts";
import { diffTree, listEntries, type TreeChange } from "../objects/tree.ts";
import { openFolder } from "../open-folder.ts";
import { runGit } from "../run-git.ts";
import { lockIndex, ownerOfLock } from "./index-lock.ts";
import { hasRunEnded, type JournalFile, readEntries } from "./journal.ts";
import { releaseLocks } from "./stale-locks.ts";

/**
 * Repairs what killed runs left in a repository: removes their locks, and updates checked-out folders whose branch has moved
 * already; otherwise `git status` there would show the reverse of the merge as a local change. Where there is nothing to do, it
 * only reads the folder of the journal. Throws GitError where a folder cannot be updated now; its journal entry stays.
 */
export async function repairAfterKilledRuns(place: GitPlace): Promise<void> {
  const left = readEntries(place);
  if (left.length === 0) return;
  const { young } = releaseLocks(place);
  for (const one of left) {
    if (one.entry.checkout === undefined || !hasRunEnded(one.entry)) continue;
    await repairCheckout(place, one);
    // A younger lock may be the entry's: the next run removes both.
    if (!young.has(one.id)) await rm(one.file, { force: true });
  }
}

/** Updates the folder of an entry, file by file: files that a person changed since stay as they are. */
async function repairCheckout(place: GitPlace, { id, entry }: JournalFile): Promise<void> {
  const { checkout } = entry;
  if (checkout === undefined) return;
  const there = await openFolder(checkout.folder, place.env).catch(() => undefined);
  // The folder was removed, and its index with it.
  if (there === undefined || there.gitDir !== checkout.gitDir) return;
  const isMoved = await hasInHistory(there, checkout.to);
  const hasLock = ownerOfLock(there) === id;
  // Often the run was killed after it had finished: then the index need not be locked.
  const isBehind = isMoved && (await findOutdatedFiles(there, there, checkout)).length > 0;
  if (!isBehind && !hasLock) return;
  const locked = await lockIndex(there, id);
  try {
    if (!isBehind) {
      locked.release();
      return;
    }
    await updateFolder(there, locked.place, checkout);
    locked.commit();
  } catch (error) {
    locked.release();
    throw error;
  }
}

interface Move {
  readonly from: string;
  readonly to: string;
}

async function updateFolder(there: GitPlace, locked: GitPlace, { from, to }: Move): Promise<void> {
  const behind = await findOutdatedFiles(there, locked, { from, to });
  if (behind.length === 0) return;
  const written = await findPathsInState(locked, behind, "after");
  const untouched = await findPathsInState(locked, behind, "before");
  const halfWritten = await findHalfWrittenPaths(
    there,
    behind.filter(({ path }) => !written.has(path) && !untouched.has(path)),
  );
  for (const path of halfWritten) await rm(join(there.workTree ?? "", path), { force: true });
  const unchangedByPeople = behind.filter(
    ({ path }) => written.has(path) || untouched.has(path) || halfWritten.has(path),
  );
  await stageFiles(
    locked,
    behind.filter(({ path }) => written.has(path)),
  );
  await runGit(locked, ["update-index", "-q", "--refresh"], { accept: [0, 1], ignoreDeadline: true });
  const target = await writeTreeWith(locked, from, unchangedByPeople);
  await runGit(locked, ["read-tree", "-m", "-u", from, target], { ignoreDeadline: true });
  // A person's own change stays in the file. The merged content goes into the index, so that their next commit keeps it.
  await stageFiles(
    locked,
    behind.filter((one) => !unchangedByPeople.includes(one)),
  );
}

/** Files that HEAD holds as after the merge, and the index as before it: nobody changed them since. */
async function findOutdatedFiles(
  there: GitPlace,
  locked: GitPlace,
  { from, to }: Move,
): Promise<readonly TreeChange[]> {
  const changes = (await diffTree(there, from, to)) ?? [];
  const head = (await runGit(there, ["rev-parse", "--verify", "HEAD^{commit}"])).stdout.toString("latin1").trim();
  const present = new Map(
    (
      await listEntries(
        there,
        head,
        changes.map(({ path }) => path),
      )
    ).map((one) => [one.path, one.oid]),
  );
  const staged = new Map<Path, Oid>();
  for (const line of splitNul((await runGit(locked, ["ls-files", "--stage", "-z"])).stdout)) {
    const [, oid = "", number = ""] = line.slice(0, line.indexOf("\t")).split(" ");
    staged.set(line.slice(line.indexOf("\t") + 1), number === "0" ? oid : "");
  }
  return changes.filter(({ path, before, after }) => present.get(path) === after && staged.get(path) === before);
}

/** The paths whose file in the folder is as before the merge, or as after it. */
async function findPathsInState(
  locked: GitPlace,
  changes: readonly TreeChange[],
  when: "before" | "after",
): Promise<ReadonlySet<Path>> {
  const [there, absent] = [changes.filter((one) => one[when] !== undefined), changes.filter((one) => !one[when])];
  const index = `${locked.env.GIT_INDEX_FILE ?? ""}.${when}`;
  const place = { ...locked, env: { ...locked.env, GIT_INDEX_FILE: index } };
  try {
    await stageFiles(place, there, when);
    await runGit(place, ["update-index", "-q", "--refresh"], { accept: [0, 1] });
    const other = new Set(splitNul((await runGit(place, ["diff-files", "--name-only", "-z"])).stdout));
    const missing = await Promise.all(
      absent.map(async ({ path }) => ((await readBytes(locked, path)) === "none" ? [path] : [])),
    );
    return new Set([...there.map(({ path }) => path).filter((path) => !other.has(path)), ...missing.flat()]);
  } finally {
    await rm(index, { force: true });
  }
}

/** Files that Git had started to write, or had removed to write them again. */
async function findHalfWrittenPaths(there: GitPlace, changes: readonly TreeChange[]): Promise<ReadonlySet<Path>> {
  const objects = openObjectReader(there);
  const halfWritten = new Set<Path>();
  try {
    for (const { path, after } of changes) {
      const bytes = await readBytes(there, path);
      const whole = after === undefined ? undefined : await objects.object(after);
      const isHalfWritten =
        bytes !== "none" &&
        bytes !== "other" &&
        whole?.kind === "object" &&
        whole.bytes.subarray(0, bytes.length).equals(bytes);
      if (bytes === "none" || isHalfWritten) halfWritten.add(path);
    }
  } finally {
    await objects.close();
  }
  return halfWritten;
}

async function readBytes({ workTree = "" }: GitPlace, path: Path): Promise<Buffer | "none" | "other"> {
  return readFile(join(workTree, path)).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" || error.code === "ENOTDIR" ? "none" : "other",
  );
}

async function stageFiles(
  place: GitPlace,
  changes: readonly TreeChange[],
  when: "before" | "after" = "after",
): Promise<void> {
  const lines = changes.map((one) => {
    const oid = one[when];
    return oid === undefined ? `0 ${"0".repeat(40)}\t${one.path}\0` : `${modeOf(one, when)} ${oid}\t${one.path}\0`;
  });
  if (lines.length === 0) return;
  await runGit(place, ["update-index", "--add", "-z", "--index-info"], { input: lines.join(""), ignoreDeadline: true });
}

/** Writes the tree of a commit with these files as after the merge. */
async function writeTreeWith(locked: GitPlace, from: string, changes: readonly TreeChange[]): Promise<Oid> {
  const index = `${locked.env.GIT_INDEX_FILE ?? ""}.target`;
  const place = { ...locked, env: { ...locked.env, GIT_INDEX_FILE: index } };
  try {
    await runGit(place, ["read-tree", from]);
    await stageFiles(place, changes);
    return (await runGit(place, ["write-tree"])).stdout.toString("latin1").trim();
  } finally {
    await rm(index, { force: true });
  }
}

function modeOf({ mode, oldMode }: TreeChange, when: "before" | "after"): string {
  return when === "before" ? oldMode : mode;
}

/** Whether HEAD of the folder has the commit in its history. */
async function hasInHistory(there: GitPlace, commit: string): Promise<boolean> {
  const { code } = await runGit(there, ["merge-base", "--is-ancestor", commit, "HEAD"], { accept: [0, 1, 128] });
  return code === 0;
}
