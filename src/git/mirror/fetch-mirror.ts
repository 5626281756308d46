import { DeadlineError, passSignal, withinDeadline } from "../../deadline/deadline.ts";
import { GitError } from "../git-error.ts";
import type { GitPlace } from "../git-place.ts";
import { openEntry } from "../locks/journal.ts";
import { lockNamedIn } from "../locks/stale-locks.ts";
import { runGit } from "../run-git.ts";
import { adviceOn, fetchErrorCode, gitWordsOf, shorten, withoutCredentials } from "./fetch-errors.ts";
import { clearMirror } from "./mirror-locks.ts";
import { type RemoteTarget, remotePlace } from "./remote-place.ts";

export interface FetchOptions {
  readonly prune: boolean;
  readonly followHead: boolean;
  /** One more ref to fetch, such as `refs/pull/7/head`; undefined: branches and `refs/raos/` alone. */
  readonly ref?: string | undefined;
}

const REFSPECS = ["+refs/heads/*:refs/heads/*", "+refs/raos/*:refs/raos/*"];

/** Where GitHub and Gitea keep the head of a pull request, also of one from a fork. */
const PULL_HEAD = /^refs\/pull\/[1-9]\d{0,14}\/head$/;

/** Longest time to read the remote's HEAD, and to fetch. Milliseconds. */
const ANSWER = 60_000;
const FETCH = 3_600_000;

/**
 * Fetches; where that fails because of locks of a killed run, removes them and tries again. Git itself waits for the fetch of
 * another process. Throws GitError.
 */
export async function fetchPastLocks(target: RemoteTarget, how: FetchOptions): Promise<void> {
  try {
    await fetchInto(target, how);
  } catch (error) {
    const isLocked = error instanceof GitError && lockNamedIn(error.message) !== undefined;
    if (!isLocked || !clearMirror(target.place)) throw error;
    await fetchInto(target, how);
  }
}

/** Fetches once. Throws GitError, whose message holds no credential. */
export async function fetchInto(target: RemoteTarget, { prune, followHead: follow, ref }: FetchOptions): Promise<void> {
  const { place, url } = target;
  const { place: remote, secrets } = await remotePlace(target);
  try {
    // A fetch does not return the default branch, so that is read at the same time.
    const [head] = await bothOrNeither(
      () => (follow ? readRemoteHead(remote, url) : Promise.resolve("")),
      () => fetchRefs(remote, url, prune, ref),
    );
    await pointHead(place, head);
  } catch (error) {
    if (error instanceof DeadlineError) throw error;
    const words = withoutCredentials(gitWordsOf(error), secrets);
    throw new GitError(fetchErrorCode(words), `${url.href} cannot be fetched: ${shorten(words)}${adviceOn(words)}`);
  }
}

/** Both results. Where one fails, the other is aborted, so that a remote that hangs does not delay the error. */
async function bothOrNeither<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<readonly [A, B]> {
  const stop = new AbortController();
  const pass = passSignal();
  const signal = pass === undefined ? stop.signal : AbortSignal.any([pass, stop.signal]);
  let first: unknown;
  const orStop = <T>(work: () => Promise<T>): Promise<T> =>
    withinDeadline(signal, work).catch((error: unknown) => {
      first ??= error;
      stop.abort();
      throw error;
    });
  const [left, right] = await Promise.allSettled([orStop(one), orStop(other)]);
  if (left.status === "fulfilled" && right.status === "fulfilled") return [left.value, right.value];
  throw first;
}

async function readRemoteHead(place: GitPlace, url: URL): Promise<string> {
  const { stdout } = await runGit(place, ["ls-remote", "--symref", "--", url.href, "HEAD"], { timeout: ANSWER });
  return stdout.toString("utf8");
}

/** Fetches the refs. A deleted branch `a` blocks a new branch `a/b` until `a` is pruned; in a mirror, pruning loses nothing. */
async function fetchRefs(place: GitPlace, url: URL, prune: boolean, ref: string | undefined): Promise<void> {
  const refspecs = ref === undefined || !PULL_HEAD.test(ref) ? REFSPECS : [...REFSPECS, `+${ref}:${ref}`];
  const noted = openEntry(place, { refs: [] });
  const fetch = (...more: readonly string[]) => {
    const args = ["--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet", ...more];
    const run = { timeout: FETCH, started: noted.recordChild };
    return runGit(place, ["fetch", ...args, "--", url.href, ...refspecs], run);
  };
  try {
    await fetch(...(prune ? ["--prune"] : [])).catch(async (error: unknown) => {
      const words = gitWordsOf(error);
      if (prune || lockNamedIn(words) !== undefined || !/cannot lock ref|could not be updated/.test(words)) throw error;
      await fetch("--prune");
    });
  } finally {
    noted.remove();
  }
}

/** Points HEAD at the remote's default branch. An empty remote names none; then HEAD stays as it is. */
async function pointHead(place: GitPlace, remote: string): Promise<void> {
  const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(remote)?.[1];
  if (branch === undefined) return;
  await runGit(place, ["symbolic-ref", "HEAD", branch]);
}
