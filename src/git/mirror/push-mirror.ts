import { DeadlineError } from "../../deadline/deadline.ts";
import type { Sha } from "../../domain/values/scalars.ts";
import { GitError } from "../git-error.ts";
import { runGit } from "../run-git.ts";
import { assertUpdates, type RefUpdate } from "../write/refs.ts";
import { fetchErrorCode, gitWordsOf, shorten, withoutCredentials } from "./fetch-errors.ts";
import { type RemoteTarget, remotePlace } from "./remote-place.ts";

/** What became of one ref: it is as wanted, it was not at the commit that was expected, or the remote refused, with its words. */
export type Pushed =
  | { readonly kind: "done" }
  | { readonly kind: "stale" }
  | { readonly kind: "refused"; readonly words: string };

/** Longest time of a push, and of a list of refs. Milliseconds. */
const PUSH = 600_000;
const ANSWER = 60_000;
/** Most bytes of a list of refs. */
const REFS = 64 * 1024 * 1024;
/** Most characters of what a remote says about a refusal. */
const WORDS = 1000;

/**
 * Changes refs of the remote, each only where it is still at its `old` commit: the remote compares and sets. One ref that is
 * refused does not stop the others. Returns a result for each update, in their order. Throws GitError where nothing was answered;
 * then any of them may have changed.
 */
export async function pushInto(target: RemoteTarget, updates: readonly RefUpdate[]): Promise<readonly Pushed[]> {
  if (updates.length === 0) return [];
  assertUpdates(updates);
  const { place, secrets } = await remotePlace(target);
  const { url } = target;
  const leases = updates.map(({ ref, old = "" }) => `--force-with-lease=${ref}:${old}`);
  const refspecs = updates.map(({ ref, new: commit = "" }) => `${commit}:${ref}`);
  const args = ["push", "--porcelain", "--no-verify", ...leases, "--", url.href, ...refspecs];
  try {
    // A push that is cut off may be done or not, so it ends by itself.
    const { stdout, stderr } = await runGit(place, args, { accept: [0, 1], timeout: PUSH, ignoreDeadline: true });
    const remote = withoutCredentials(remoteWords(stderr), secrets);
    const lines = readPorcelain(stdout.toString("utf8"));
    if (lines.size === 0) throw new GitError("failed", `git push failed: ${stderr.trim()}`);
    return updates.map(({ ref }): Pushed => {
      const pushed = lines.get(ref) ?? { kind: "refused", words: "the remote did not say why" };
      return pushed.kind === "refused" ? { ...pushed, words: `${pushed.words}${remote}`.slice(0, WORDS) } : pushed;
    });
  } catch (error) {
    throw remoteError(error, secrets, `${url.href} cannot be pushed to`);
  }
}

/** The refs of the remote below a prefix, such as `refs/heads/raos/`, as they are now. Throws GitError. */
export async function listRemoteRefs(target: RemoteTarget, prefix: string): Promise<ReadonlyMap<string, Sha>> {
  const { place, secrets } = await remotePlace(target);
  const { url } = target;
  try {
    const args = ["ls-remote", "--refs", "--", url.href, `${prefix}*`];
    const { stdout } = await runGit(place, args, { timeout: ANSWER, limit: REFS });
    const lines = stdout.toString("utf8").split("\n");
    const refs = lines.map((line) => /^([0-9a-f]{40})\t(refs\/.{1,1024})$/.exec(line)?.slice(1) ?? []);
    return new Map(refs.flatMap(([sha, ref]) => (sha === undefined || !ref?.startsWith(prefix) ? [] : [[ref, sha]])));
  } catch (error) {
    throw remoteError(error, secrets, `${url.href} cannot be read`);
  }
}

/** The lines of `git push --porcelain`, by the ref of the remote: flag, tab, `from:to`, tab, summary (reason). */
export function readPorcelain(text: string): ReadonlyMap<string, Pushed> {
  const found = new Map<string, Pushed>();
  for (const line of text.split("\n")) {
    const [flag = "", names = "", summary = ""] = line.split("\t");
    const ref = names.slice(names.indexOf(":") + 1);
    if (!/^[ +\-*!=]$/.test(flag) || !ref.startsWith("refs/")) continue;
    if (flag !== "!") found.set(ref, { kind: "done" });
    else if (/\((?:stale info|fetch first|non-fast-forward|remote ref updated since checkout)\)/.test(summary))
      found.set(ref, { kind: "stale" });
    else found.set(ref, { kind: "refused", words: summary.trim() });
  }
  return found;
}

/** These commands only read the mirror, so what Git says about broken objects is about the remote. */
function remoteError(error: unknown, secrets: readonly (string | undefined)[], what: string): unknown {
  if (error instanceof DeadlineError) return error;
  const words = withoutCredentials(gitWordsOf(error), secrets);
  const code = fetchErrorCode(words);
  return new GitError(code === "corrupt" ? "unavailable" : code, `${what}: ${shorten(words)}`);
}

/** What the remote's hooks said: the lines that Git marks with `remote:`. */
function remoteWords(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => /^remote: ?(.{1,500})$/.exec(line.trimEnd())?.[1]?.trim() ?? []);
  const said = [...new Set(lines)].filter((line) => line !== "");
  return said.length === 0 ? "" : `: ${said.join(" ")}`;
}
