import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Snapshot } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import { parseAddress } from "./address.ts";
import type { ObjectRead } from "./batch-parser.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace, Outside } from "./git-place.ts";
import { type Merge, mergeTree } from "./merge-tree.ts";
import { type Mirror, openMirror } from "./mirror.ts";
import { type ObjectReader, openObjectReader } from "./object-reader.ts";
import { openFolder } from "./open-folder.ts";
import { readObjects } from "./read-blobs.ts";
import { type RefUpdate, refsBelow, updateRefs } from "./refs.ts";
import { runGit } from "./run-git.ts";
import { snapshot } from "./snapshot.ts";
import { isTouchedAfter, type Touches, touches } from "./touched.ts";
import { diffTree, entries, type TreeChange, tree } from "./tree.ts";
import type { TreeEntry } from "./tree-entry.ts";
import { type CommitDraft, writeCommits } from "./write-commits.ts";

export interface RepositoryOptions {
  /** Environment of this process; Git children get what they need of it. */
  readonly env: Outside;
  /** Folder for mirrors of remote repositories. */
  readonly cache: string;
  /** A token for a remote repository, asked for at each fetch. */
  readonly credential?: () => Promise<string | undefined>;
  /** PEM file of certificate authorities for a remote repository, instead of the system's. */
  readonly certificates?: string;
}

/** The default branch; `sha` undefined where nothing was committed to it yet. */
export interface Head {
  readonly branch: string;
  readonly sha: Sha | undefined;
}

/** A Git repository: a working folder, a bare one, or the mirror of a remote one. Every method throws GitError. */
export interface Repository {
  /** Absolute path or address, as messages show it. */
  readonly name: string;
  readonly place: GitPlace;
  /** The branch that HEAD names; in a mirror, the remote's default branch at the last `fetch()`. */
  head(): Promise<Head>;
  /**
   * Brings a mirror up to date; nothing to do elsewhere. Where a commit is `wanted`, what the default branch is stays as
   * it was known, and where it is here already nothing is fetched. Refs that are
   * gone stay unless `prune` says otherwise. Throws "not-found" where `wanted` did not come.
   */
  fetch(wanted?: Sha, options?: { readonly prune?: boolean }): Promise<void>;
  /** Throws a mirror away that turned out to be damaged, to be fetched anew; false where it is no mirror but somebody's. */
  renew(): Promise<boolean>;
  /** A reader of its own, for the caller to close. */
  objects(): ObjectReader;
  readMany(oids: readonly Oid[]): AsyncIterable<ObjectRead>;
  tree(commit: Sha, folder?: Path): AsyncIterable<TreeEntry>;
  entries(commit: Sha, paths: readonly Path[]): Promise<readonly TreeEntry[]>;
  diffTree(before: Sha, after: Sha): Promise<readonly TreeChange[] | undefined>;
  isTouchedAfter(commit: Sha, paths: readonly Path[], than: readonly Path[]): Promise<boolean>;
  touches(commit: Sha, paths: readonly Path[]): Promise<Touches>;
  writeCommits(drafts: readonly CommitDraft[]): Promise<readonly Sha[]>;
  readRef(ref: string): Promise<Sha | undefined>;
  refsBelow(...prefixes: readonly string[]): Promise<ReadonlyMap<string, Sha>>;
  updateRefs(updates: readonly RefUpdate[]): Promise<void>;
  mergeTree(base: Sha, head: Sha): Promise<Merge>;
  snapshot(commit: Sha, load: (path: Path) => boolean): Promise<Snapshot>;
  close(): Promise<void>;
}

/**
 * Opens the repository at a folder (its top, never one further up) or an https address. A remote one is not fetched yet.
 * Throws GitError "refused" for other addresses, "not-a-repository", or "unavailable" where Git is missing or too old.
 */
export async function openRepository(where: string, options: RepositoryOptions): Promise<Repository> {
  const address = parseAddress(where);
  if (address.kind === "folder") {
    const place = await openFolder(address.path, options.env);
    return repositoryAt(place.workTree ?? place.gitDir, place, undefined);
  }
  const { cache, certificates, credential, env: outside } = options;
  const mirror = await openMirror(address.url, { outside, cache, credential, certificates });
  return repositoryAt(address.url.href, mirror.place, mirror);
}

function repositoryAt(name: string, place: GitPlace, mirror: Mirror | undefined): Repository {
  const reader = openObjectReader(place);
  const readers = [reader];
  let generation = mirror?.generation() ?? 0;
  const restart = async () => {
    generation = mirror?.generation() ?? 0;
    await Promise.all(readers.map((one) => one.close()));
  };
  const has = async (commit: Sha) => (await reader.object(commit)).kind !== "missing";
  return {
    name,
    place,
    head: () => readHead(place, reader),
    async fetch(wanted, { prune = false } = {}) {
      const isHere = wanted !== undefined && !prune && (await has(wanted).catch(() => false));
      if (!isHere) await mirror?.fetch({ prune, follow: wanted === undefined });
      if ((await mirror?.check(wanted ?? "HEAD")) === "renewed") await mirror?.fetch({ prune, follow: true });
      // A child that has files open which were thrown away is of no use: the next question starts another.
      if (mirror !== undefined && mirror.generation() !== generation) await restart();
      if (wanted !== undefined && !(await has(wanted)))
        throw new GitError("not-found", `${name} has no commit ${wanted.slice(0, 64)}`);
    },
    async renew() {
      if (mirror === undefined) return false;
      await mirror.renew();
      await restart();
      return true;
    },
    objects() {
      const one = openObjectReader(place);
      readers.push(one);
      return one;
    },
    readMany: (oids) => readObjects(place, oids),
    tree: (commit, folder) => tree(place, commit, folder),
    entries: (commit, paths) => entries(place, commit, paths),
    diffTree: (before, after) => diffTree(place, before, after),
    isTouchedAfter: (commit, paths, than) => isTouchedAfter(place, commit, paths, than),
    touches: (commit, paths) => touches(place, commit, paths),
    writeCommits: (drafts) => writeCommits(place, drafts),
    readRef: (ref) => reader.ref(ref),
    refsBelow: (...prefixes) => refsBelow(place, ...prefixes),
    updateRefs: (updates) => updateRefs(place, updates),
    mergeTree: (base, head) => mergeTree(place, base, head),
    snapshot: (commit, load) => snapshot(place, commit, load),
    close: () => reader.close(),
  };
}

async function readHead(place: GitPlace, reader: ObjectReader): Promise<Head> {
  const ref = (await headInFile(place)) ?? (await headByGit(place));
  return { branch: ref.slice("refs/heads/".length), sha: await reader.ref(ref) };
}

/** gitrepository-layout(5): HEAD is a file that names a branch, but in formats where it is a dummy of the name below. */
async function headInFile({ gitDir }: GitPlace): Promise<string | undefined> {
  const text = await readFile(join(gitDir, "HEAD"), "utf8").catch(() => "");
  const ref = /^ref: (refs\/heads\/[^\n]+)\n$/.exec(text)?.[1];
  return ref === "refs/heads/.invalid" ? undefined : ref;
}

async function headByGit(place: GitPlace): Promise<string> {
  const { code, stdout } = await runGit(place, ["symbolic-ref", "--quiet", "HEAD"], { accept: [0, 1] });
  const ref = stdout.toString("utf8").trim();
  if (code === 0 && ref.startsWith("refs/heads/")) return ref;
  const folder = place.workTree ?? place.gitDir;
  throw new GitError("refused", `HEAD of ${folder} names no branch; check out the default branch`);
}
