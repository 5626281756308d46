import type { Sha } from "../domain/values/scalars.ts";
import { parseAddress } from "./address.ts";
import { checkedOut, defaultBranchReader } from "./default-branch.ts";
import { GitError } from "./git-error.ts";
import type { GitPlace, ProcessEnvironment } from "./git-place.ts";
import { type Mirror, openMirror } from "./mirror/mirror.ts";
import type { Pushed } from "./mirror/push-mirror.ts";
import { type ObjectReader, openObjectReader } from "./objects/object-reader.ts";
import { openFolder } from "./open-folder.ts";
import { type Merge, mergeTree } from "./write/merge-tree.ts";
import { listRefs, type RefUpdate, updateRefs } from "./write/refs.ts";
import { type CommitDraft, writeCommits } from "./write/write-commits.ts";

export interface RepositoryOptions {
  /** Environment of this process; Git children get what they need of it. */
  readonly env: ProcessEnvironment;
  /** Folder for mirrors of remote repositories. */
  readonly cache: string;
  /** Returns a token for a remote repository; called at each fetch. */
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
  /** The default branch; in a mirror, the remote's at the last `fetch()`. */
  head(): Promise<Head>;
  /**
   * Updates a mirror; does nothing for other repositories. With a commit `wanted`, the default branch stays as it was, and
   * nothing is fetched where the mirror has that commit. Deleted refs stay unless `prune` is true. Throws "not-found" where
   * the remote has no commit `wanted`. `ref` is fetched too, where branches are not enough: `refs/pull/<n>/head`.
   */
  fetch(wanted?: Sha, options?: { readonly prune?: boolean; readonly ref?: string }): Promise<void>;
  /**
   * Changes refs of a mirror's remote, as `pushInto` does; the mirror's own refs change with the next fetch. Throws "refused" for
   * a repository on disk.
   */
  push(updates: readonly RefUpdate[]): Promise<readonly Pushed[]>;
  /** The refs of a mirror's remote below a prefix, as they are now; of a repository on disk, its own. */
  remoteRefs(prefix: string): Promise<ReadonlyMap<string, Sha>>;
  /** Replaces a damaged mirror by an empty one, to be fetched again; false, and nothing done, where it is not a mirror. */
  renew(): Promise<boolean>;
  /** A new reader; the caller closes it. */
  objects(): ObjectReader;
  writeCommits(drafts: readonly CommitDraft[]): Promise<readonly Sha[]>;
  readRef(ref: string): Promise<Sha | undefined>;
  refsBelow(...prefixes: readonly string[]): Promise<ReadonlyMap<string, Sha>>;
  updateRefs(updates: readonly RefUpdate[]): Promise<void>;
  mergeTree(base: Sha, head: Sha): Promise<Merge>;
  close(): Promise<void>;
}

/**
 * Opens the repository whose top folder is given, or at an https address. A remote one is not fetched yet.
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
  const defaultBranch = defaultBranchReader(place);
  let generation = mirror?.generation() ?? 0;
  const restart = async () => {
    generation = mirror?.generation() ?? 0;
    await Promise.all(readers.map((one) => one.close()));
  };
  const has = async (commit: Sha) => (await reader.object(commit)).kind !== "missing";
  return {
    name,
    place,
    head: async () => readHead(place, reader, await defaultBranch()),
    async fetch(wanted, { prune = false, ref } = {}) {
      const isHere = wanted !== undefined && !prune && (await has(wanted).catch(() => false));
      if (!isHere) await mirror?.fetch({ prune, followHead: wanted === undefined, ref });
      if ((await mirror?.check(wanted ?? "HEAD")) === "renewed") await mirror?.fetch({ prune, followHead: true, ref });
      // The Git process has open files that were removed, so it is ended; the next read starts another one.
      if (mirror !== undefined && mirror.generation() !== generation) await restart();
      if (wanted !== undefined && !(await has(wanted)))
        throw new GitError("not-found", `${name} has no commit ${wanted.slice(0, 64)}`);
    },
    async push(updates) {
      if (mirror === undefined) throw new GitError("refused", `${name} is on disk, and has no remote to push to`);
      return mirror.push(updates);
    },
    remoteRefs: (prefix) => mirror?.remoteRefs(prefix) ?? listRefs(place, prefix),
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
    writeCommits: (drafts) => writeCommits(place, drafts),
    readRef: (ref) => reader.ref(ref),
    refsBelow: (...prefixes) => listRefs(place, ...prefixes),
    updateRefs: (updates) => updateRefs(place, updates),
    mergeTree: (base, head) => mergeTree(place, base, head),
    close: () => reader.close(),
  };
}

async function readHead(place: GitPlace, reader: ObjectReader, branch: string): Promise<Head> {
  const sha = await reader.ref(`refs/heads/${branch}`);
  if (sha === undefined && !place.bare && branch !== (await checkedOut(place)))
    throw new GitError(
      "refused",
      `${place.workTree ?? place.gitDir} has no branch ${branch}, its default branch; git branch ${branch} origin/${branch} makes it`,
    );
  return { branch, sha };
}
