import type { FileChange } from "../domain/change.ts";
import { blobOid } from "../domain/object-id.ts";
import type { Oid, Sha } from "../domain/scalars.ts";
import type { ObjectRead } from "../git/batch-parser.ts";
import type { GitPlace } from "../git/git-place.ts";
import { runGit } from "../git/run-git.ts";
import { commitName, diffTree, entries } from "../git/tree.ts";
import type { FileDraft } from "../git/write-commits.ts";
import type { Desk } from "./local-desk.ts";

/**
 * What has to be laid over `tip` so that it differs from `base` by these files alone: those that differ, and what an
 * earlier version of the pull request changed and this one does not. Empty where the branch holds it all already;
 * undefined where the branch has no commit in common with the base.
 */
export async function missingOn(
  { repository: { place }, objects }: Pick<Desk, "repository" | "objects">,
  tip: Sha,
  base: Sha,
  files: readonly FileChange[],
): Promise<{ readonly start: Sha; readonly drafts: readonly FileDraft[] } | undefined> {
  const start = await mergeBase(place, tip, base);
  if (start === undefined) return undefined;
  const paths = new Set(files.map((file) => file.path));
  const reads = await Promise.all(files.map((file) => objects.at(tip, file.path)));
  const held = new Map(files.map(({ path }, index) => [path, oidOf(reads[index])]));
  const wanted = files.filter(
    (file) => (file.text === undefined ? undefined : blobOid(file.text)) !== held.get(file.path),
  );
  const changed = (await diffTree(place, start, tip)) ?? [];
  const leftOver = changed.filter((change) => !paths.has(change.path));
  const before = await entries(
    place,
    start,
    leftOver.map((change) => change.path),
  );
  const restored = new Map(before.map((entry) => [entry.path, entry]));
  return {
    start,
    drafts: [
      ...leftOver.map(({ path }) => restored.get(path) ?? { path, text: undefined }),
      ...wanted.map(({ path, text }) => ({ path, text })),
    ],
  };
}

function oidOf(read: ObjectRead | undefined): Oid | undefined {
  return read === undefined || read.kind === "missing" ? undefined : read.oid;
}

async function mergeBase(place: GitPlace, one: Sha, other: Sha): Promise<Sha | undefined> {
  const { code, stdout } = await runGit(place, ["merge-base", commitName(one), commitName(other)], { accept: [0, 1] });
  return code === 0 ? stdout.toString("latin1").trim() : undefined;
}
