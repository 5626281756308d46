import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { GitError } from "./git-error.ts";
import { type GitPlace, placeEnvironment } from "./git-place.ts";
import { gitFailure, spawnGit, startGit, startProgram, waitForEnd, watchChild } from "./git-process.ts";

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitRun {
  /** Written to standard input. */
  readonly input?: string | Uint8Array;
  /** Exit codes that are not failures; left out: 0. */
  readonly accept?: readonly number[];
  /** Most bytes of standard output; left out: 256 MiB. */
  readonly limit?: number;
  readonly cwd?: string;
  /** Milliseconds after which it is terminated; left out: ten minutes. */
  readonly timeout?: number;
  /** Whether it continues after the end of its pass, because an interruption would leave the repository half changed. */
  readonly ignoreDeadline?: boolean;
  /** Called with the child's process id before it gets its input. */
  readonly started?: (pid: number) => void;
}

const LIMIT = 256 * 1024 * 1024;
/** A command on a local repository that takes longer than this is ended. Milliseconds. */
const TIMEOUT = 600_000;

/** Runs one Git command to its end. Throws GitError, with Git's own message, where it fails. */
export async function runGit(place: GitPlace, args: readonly string[], run: GitRun = {}): Promise<GitOutput> {
  return collect(startGit(place, args, run.cwd), args, run);
}

/** As `runGit`, where no repository is known yet: `environment` is the child's whole environment. */
export async function runBareGit(
  environment: Readonly<Record<string, string>>,
  cwd: string,
  args: readonly string[],
  run: GitRun = {},
): Promise<GitOutput> {
  return collect(spawnGit(args, cwd, environment), args, run);
}

/** Runs a POSIX shell script that uses Git in the repository; `args` are its positional parameters. Throws as `runGit`. */
export async function runScript(
  place: GitPlace,
  script: string,
  args: readonly string[],
  run: GitRun = {},
): Promise<GitOutput> {
  const child = startProgram(
    "sh",
    ["-c", script, "raos", ...args],
    place.workTree ?? place.gitDir,
    placeEnvironment(place),
  );
  return collect(child, args, run);
}

async function collect(
  child: ChildProcessWithoutNullStreams,
  args: readonly string[],
  run: GitRun,
): Promise<GitOutput> {
  const ended = waitForEnd(child);
  const watch = watchChild(child, args, { timeout: run.timeout ?? TIMEOUT, untilDone: run.ignoreDeadline ?? false });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= (run.limit ?? LIMIT)) chunks.push(chunk);
    else child.kill();
  });
  if (child.pid !== undefined) run.started?.(child.pid);
  child.stdin.end(run.input ?? "");
  const end = await ended;
  watch.release();
  const reason = watch.reason();
  if (reason !== undefined) throw reason;
  if (size > (run.limit ?? LIMIT))
    throw new GitError("too-large", `git ${args[0] ?? ""} wrote more than ${run.limit ?? LIMIT} bytes`);
  if (!(run.accept ?? [0]).includes(end.code)) throw gitFailure(args, end);
  return { code: end.code, stdout: Buffer.concat(chunks), stderr: end.stderr };
}
