import type { GitPlace } from "./git-place.ts";
import { gitFailure, startGit, waitForEnd, watchChild } from "./git-process.ts";

/** A streaming command that takes longer than this is ended. Milliseconds. */
const TIMEOUT = 1_800_000;

/**
 * Streams the standard output of a Git command, with back-pressure; the child is ended where the reader stops early. Throws
 * GitError after the last chunk where the command failed.
 */
export async function* streamGit(place: GitPlace, args: readonly string[], cwd?: string): AsyncGenerator<Buffer> {
  const child = startGit(place, args, cwd);
  const ended = waitForEnd(child);
  const watch = watchChild(child, args, { timeout: TIMEOUT });
  child.stdin.end();
  let finished = false;
  try {
    for await (const chunk of child.stdout) yield chunk;
    finished = true;
  } catch (error) {
    throw watch.reason() ?? error;
  } finally {
    if (!finished) child.kill();
    watch.release();
  }
  const end = await ended;
  const reason = watch.reason();
  if (reason !== undefined) throw reason;
  if (end.code !== 0) throw gitFailure(args, end);
}
