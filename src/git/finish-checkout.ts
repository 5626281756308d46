import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Oid, Path } from "../domain/scalars.ts";
import type { GitPlace } from "./git-place.ts";
import { holdIndex, ownerOfLock } from "./index-lock.ts";
import { entriesOf, isLeft, type Noted } from "./journal.ts";
import { openObjectReader } from "./object-reader.ts";
import { openFolder } from "./open-folder.ts";
import { runGit, splitNul } from "./run-git.ts";
import { releaseLocks } from "./stale-locks.ts";
import { diffTree, entries, type TreeChange } from "./tree.ts";

/**
 * Sets right what killed runs left in a repository: removes their locks, and brings folders along whose branch had moved
 * already, so that nobody sees the merge backwards as changes of their own. Costs one look at a folder where there is
 * nothing to do. Throws GitError where a folder cannot be brought along now; its entry stays.
 */
export async function finishKilledRuns(place: GitPlace): Promise<void> {
  const left = entriesOf(place);
  if (left.length === 0) return;
  const { young } = releaseLocks(place);
  for (const one of left) {
    if (one.entry.checkout === undefined || !isLeft(one.entry)) continue;
    await finishCheckout(place, one);
    // The next look removes the entry together with its lock.
    if (!young.has(one.id)) await rm(one.file, { force: true });
  }
}

/** Brings the folder of an entry along, file by file: what a person changed since stays as it is. */
async function finishCheckout(place: GitPlace, { id, entry }: Noted): Promise<void> {
  const { checkout } = entry;
  if (checkout === undefined) return;
  const there = await openFolder(checkout.folder, place.env).catch(() => undefined);
  // The folder went away, and its index with it.
  if (there === undefined || there.gitDir !== checkout.gitDir) return;
  const isMoved = await holds(there, checkout.to);
  const hasLock = ownerOfLock(there) === id;
  // Most often the run was killed when all was done: then nobody's index is locked for it.
  const isBehind = isMoved && (await stillBehind(there, there, checkout)).length > 0;
  if (!isBehind && !hasLock) return;
  const held = await holdIndex(there, id);
  try {
    if (!isBehind) {
      held.release();
      return;
    }
    await bringAlong(there, held.place, checkout);
    held.commit();
  } catch (error) {
    held.release();
    throw error;
  }
}

interface Move {
  readonly from: string;
  readonly to: string;
}

async function bringAlong(there: GitPlace, held: GitPlace, { from, to }: Move): Promise<void> {
  const behind = await stillBehind(there, held, { from, to });
  if (behind.length === 0) return;
  const written = await pathsAt(held, behind, "after");
  const untouched = await pathsAt(held, behind, "before");
  const torn = await tornPaths(
    there,
    behind.filter(({ path }) => !written.has(path) && !untouched.has(path)),
  );
  for (const path of torn) await rm(join(there.workTree ?? "", path), { force: true });
  const sound = behind.filter(({ path }) => written.has(path) || untouched.has(path) || torn.has(path));
  await stage(
    held,
    behind.filter(({ path }) => written.has(path)),
  );
  await runGit(held, ["update-index", "-q", "--refresh"], { accept: [0, 1], untilDone: true });
  const target = await treeWith(held, from, sound);
  await runGit(held, ["read-tree", "-m", "-u", from, target], { untilDone: true });
  // A person's own change stays in the file; what the merge did to it is not theirs to undo with their next commit.
  await stage(
    held,
    behind.filter((one) => !sound.includes(one)),
  );
}

/** Files that HEAD has as they are after the merge, and the index as they were before: nobody decided on them since. */
async function stillBehind(there: GitPlace, held: GitPlace, { from, to }: Move): Promise<readonly TreeChange[]> {
  const changes = (await diffTree(there, from, to)) ?? [];
  const head = (await runGit(there, ["rev-parse", "--verify", "HEAD^{commit}"])).stdout.toString("latin1").trim();
  const present = new Map(
    (
      await entries(
        there,
        head,
        changes.map(({ path }) => path),
      )
    ).map((one) => [one.path, one.oid]),
  );
  const staged = new Map<Path, Oid>();
  for (const line of splitNul((await runGit(held, ["ls-files", "--stage", "-z"])).stdout)) {
    const [, oid = "", number = ""] = line.slice(0, line.indexOf("\t")).split(" ");
    staged.set(line.slice(line.indexOf("\t") + 1), number === "0" ? oid : "");
  }
  return changes.filter(({ path, before, after }) => present.get(path) === after && staged.get(path) === before);
}

/** Those whose file in the folder is what it was before the merge, or is after it. A file that is not there is neither. */
async function pathsAt(
  held: GitPlace,
  changes: readonly TreeChange[],
  when: "before" | "after",
): Promise<ReadonlySet<Path>> {
  const [there, absent] = [changes.filter((one) => one[when] !== undefined), changes.filter((one) => !one[when])];
  const index = `${held.env.GIT_INDEX_FILE ?? ""}.${when}`;
  const place = { ...held, env: { ...held.env, GIT_INDEX_FILE: index } };
  try {
    await stage(place, there, when);
    await runGit(place, ["update-index", "-q", "--refresh"], { accept: [0, 1] });
    const other = new Set(splitNul((await runGit(place, ["diff-files", "--name-only", "-z"])).stdout));
    const missing = await Promise.all(
      absent.map(async ({ path }) => ((await bytesAt(held, path)) === "none" ? [path] : [])),
    );
    return new Set([...there.map(({ path }) => path).filter((path) => !other.has(path)), ...missing.flat()]);
  } finally {
    await rm(index, { force: true });
  }
}

/** Files that Git had begun to write, or had removed to write them anew. */
async function tornPaths(there: GitPlace, changes: readonly TreeChange[]): Promise<ReadonlySet<Path>> {
  const objects = openObjectReader(there);
  const torn = new Set<Path>();
  try {
    for (const { path, after } of changes) {
      const bytes = await bytesAt(there, path);
      const whole = after === undefined ? undefined : await objects.object(after);
      const isBegun =
        bytes !== "none" &&
        bytes !== "other" &&
        whole?.kind === "object" &&
        whole.bytes.subarray(0, bytes.length).equals(bytes);
      if (bytes === "none" || isBegun) torn.add(path);
    }
  } finally {
    await objects.close();
  }
  return torn;
}

async function bytesAt({ workTree = "" }: GitPlace, path: Path): Promise<Buffer | "none" | "other"> {
  return readFile(join(workTree, path)).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" || error.code === "ENOTDIR" ? "none" : "other",
  );
}

async function stage(
  place: GitPlace,
  changes: readonly TreeChange[],
  when: "before" | "after" = "after",
): Promise<void> {
  const lines = changes.map((one) => {
    const oid = one[when];
    return oid === undefined ? `0 ${"0".repeat(40)}\t${one.path}\0` : `${modeOf(one, when)} ${oid}\t${one.path}\0`;
  });
  if (lines.length === 0) return;
  await runGit(place, ["update-index", "--add", "-z", "--index-info"], { input: lines.join(""), untilDone: true });
}

/** The tree of a commit with these files as they are after the merge. */
async function treeWith(held: GitPlace, from: string, changes: readonly TreeChange[]): Promise<Oid> {
  const index = `${held.env.GIT_INDEX_FILE ?? ""}.target`;
  const place = { ...held, env: { ...held.env, GIT_INDEX_FILE: index } };
  try {
    await runGit(place, ["read-tree", from]);
    await stage(place, changes);
    return (await runGit(place, ["write-tree"])).stdout.toString("latin1").trim();
  } finally {
    await rm(index, { force: true });
  }
}

function modeOf({ mode, oldMode }: TreeChange, when: "before" | "after"): string {
  return when === "before" ? oldMode : mode;
}

/** Whether HEAD of the folder has the commit in its history. */
async function holds(there: GitPlace, commit: string): Promise<boolean> {
  const { code } = await runGit(there, ["merge-base", "--is-ancestor", commit, "HEAD"], { accept: [0, 1, 128] });
  return code === 0;
}
