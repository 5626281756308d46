import type { FileChange } from "../domain/change-set.ts";
import { blobOid } from "../domain/values/object-id.ts";
import type { Oid, Sha } from "../domain/values/scalars.ts";
import type { GitPlace } from "../git/git-place.ts";
import type { ObjectRead } from "../git/objects/batch-parser.ts";
import type { ObjectReader } from "../git/objects/object-reader.ts";
import { commitName, diffTree, listEntries } from "../git/objects/tree.ts";
import { runGit } from "../git/run-git.ts";
import type { FileDraft } from "../git/write/write-commits.ts";

/** A repository that holds both commits, and a reader of its objects. */
export interface GitContent {
  readonly repository: { readonly place: GitPlace };
  readonly objects: ObjectReader;
}

/**
 * The files to write on top of `tip` so that it differs from `base` only by `files`: files that differ, and files that only an
 * earlier version of the pull request changed. Empty where the branch has the wanted content already; undefined where the
 * branch has no commit in common with the base.
 */
export async function missingFiles(
  { repository: { place }, objects }: GitContent,
  tip: Sha,
  base: Sha,
  files: readonly FileChange[],
): Promise<{ readonly start: Sha; readonly drafts: readonly FileDraft[] } | undefined> {
  const start = await mergeBase(place, tip, base);
  if (start === undefined) return undefined;
  const paths = new Set(files.map((file) => file.path));
  const reads = await Promise.all(files.map((file) => objects.at(tip, file.path)));
  const current = new Map(files.map(({ path }, index) => [path, oidOf(reads[index])]));
  const wanted = files.filter(
    (file) => (file.text === undefined ? undefined : blobOid(file.text)) !== current.get(file.path),
  );
  const changed = (await diffTree(place, start, tip)) ?? [];
  const leftOver = changed.filter((change) => !paths.has(change.path));
  const before = await listEntries(
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
