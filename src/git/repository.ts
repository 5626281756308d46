import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { Snapshot } from "../domain/fleet.ts";
import type { Oid, Path, Sha } from "../domain/scalars.ts";
import { parseAddress } from "./address.ts";
import type { ObjectRead } from "./batch-parser.ts";
import { GitError } from "./git-error.ts";
import { type GitPlace, gitEnvironment, type Outside } from "./git-place.ts";
import { type Merge, mergeTree } from "./merge-tree.ts";
import { openMirror } from "./mirror.ts";
import { type ObjectReader, openObjectReader } from "./object-reader.ts";
import { readObjects } from "./read-blobs.ts";
import { type RefUpdate, readRef, refsBelow, updateRefs } from "./refs.ts";
import { runBareGit, runGit } from "./run-git.ts";
import { snapshot } from "./snapshot.ts";
import { isTouchedAfter } from "./touched.ts";
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
  /** The branch that HEAD names; in a mirror, the remote's at the last fetch. */
  head(): Promise<Head>;
  /**
   * Brings a mirror up to date; nothing to do elsewhere. Where `wanted` is here already, nothing is fetched. Refs that are
   * gone stay unless `prune` says otherwise. Throws "not-found" where `wanted` did not come.
   */
  fetch(wanted?: Sha, options?: { readonly prune?: boolean }): Promise<void>;
  /** A reader of its own, for the caller to close. */
  objects(): ObjectReader;
  readMany(oids: readonly Oid[]): AsyncIterable<ObjectRead>;
  tree(commit: Sha, folder?: Path): AsyncIterable<TreeEntry>;
  entries(commit: Sha, paths: readonly Path[]): Promise<readonly TreeEntry[]>;
  diffTree(before: Sha, after: Sha): Promise<readonly TreeChange[] | undefined>;
  isTouchedAfter(commit: Sha, paths: readonly Path[], than: readonly Path[]): Promise<boolean>;
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
    return repositoryAt(place.workTree ?? place.gitDir, place, async () => {});
  }
  const { cache, certificates, credential, env: outside } = options;
  const mirror = await openMirror(address.url, { outside, cache, credential, certificates });
  return repositoryAt(address.url.href, mirror.place, mirror.fetch);
}

function repositoryAt(name: string, place: GitPlace, fetch: (prune: boolean) => Promise<void>): Repository {
  const reader = openObjectReader(place);
  const has = async (commit: Sha) => (await reader.object(commit)).kind !== "missing";
  return {
    name,
    place,
    head: () => readHead(place),
    async fetch(wanted, { prune = false } = {}) {
      if (wanted !== undefined && !prune && (await has(wanted))) return;
      await fetch(prune);
      if (wanted !== undefined && !(await has(wanted)))
        throw new GitError("not-found", `${name} has no commit ${wanted.slice(0, 64)}`);
    },
    objects: () => openObjectReader(place),
    readMany: (oids) => readObjects(place, oids),
    tree: (commit, folder) => tree(place, commit, folder),
    entries: (commit, paths) => entries(place, commit, paths),
    diffTree: (before, after) => diffTree(place, before, after),
    isTouchedAfter: (commit, paths, than) => isTouchedAfter(place, commit, paths, than),
    writeCommits: (drafts) => writeCommits(place, drafts),
    readRef: (ref) => readRef(place, ref),
    refsBelow: (...prefixes) => refsBelow(place, ...prefixes),
    updateRefs: (updates) => updateRefs(place, updates),
    mergeTree: (base, head) => mergeTree(place, base, head),
    snapshot: (commit, load) => snapshot(place, commit, load),
    close: () => reader.close(),
  };
}

async function readHead(place: GitPlace): Promise<Head> {
  const { code, stdout } = await runGit(place, ["symbolic-ref", "--quiet", "HEAD"], { accept: [0, 1] });
  const ref = stdout.toString("utf8").trim();
  if (code !== 0 || !ref.startsWith("refs/heads/")) {
    throw new GitError(
      "refused",
      `HEAD of ${place.workTree ?? place.gitDir} names no branch; check out the default branch`,
    );
  }
  return { branch: ref.slice("refs/heads/".length), sha: await readRef(place, ref) };
}

async function openFolder(folder: string, outside: Outside): Promise<GitPlace> {
  const path = await realpath(folder).catch((cause: unknown) => {
    throw new GitError("not-found", `there is no folder ${folder}`, { cause });
  });
  // Named by its very path, a repository of another user is meant; Git looks nowhere further up.
  const settings = { "safe.directory": path };
  const discovery = { ...gitEnvironment(outside, "none", settings), GIT_CEILING_DIRECTORIES: dirname(path) };
  await assertGitVersion(discovery, path);
  const args = ["rev-parse", "--is-inside-work-tree", "--absolute-git-dir", "--show-object-format"];
  const { code, stdout, stderr } = await runBareGit(discovery, path, args, { accept: [0, 128] });
  if (code !== 0) {
    if (!stderr.includes("not a git repository"))
      throw new GitError("not-a-repository", `${path} cannot be opened: ${stderr.trim()}`);
    throw new GitError(
      "not-a-repository",
      `${path} is not the top folder of a Git repository; run git init there, or name one`,
    );
  }
  const [inside = "", gitDir = "", format = ""] = stdout.toString("utf8").trim().split("\n");
  if (format !== "sha1")
    throw new GitError(
      "refused",
      `${path} names its objects by ${format.toUpperCase()}; RAOS reads SHA-1 repositories`,
    );
  return { gitDir, workTree: inside === "true" ? path : undefined, env: gitEnvironment(outside, "none", settings) };
}

/** `merge-tree --write-tree` and `cat-file -z` came with Git 2.38. */
async function assertGitVersion(env: Readonly<Record<string, string>>, cwd: string): Promise<void> {
  const { stdout } = await runBareGit(env, cwd, ["version"]);
  const said = stdout.toString("utf8").trim();
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(said) ?? [];
  if (Number(major) * 1000 + Number(minor) < 2038)
    throw new GitError("unavailable", `${said} is too old; install Git 2.38 or newer`);
}
