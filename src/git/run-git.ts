import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GitError } from "./git-error.ts";
import { type GitPlace, placeEnvironment } from "./git-place.ts";

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitRun {
  /** Goes to standard input. */
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers, not failures; left out: 0. */
  readonly accept?: readonly number[];
  /** Most bytes of standard output; left out: 256 MiB. */
  readonly limit?: number;
  readonly cwd?: string;
}

const LIMIT = 256 * 1024 * 1024;

/** Runs one Git command to its end. Throws GitError where it fails, with Git's own words. */
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

/** Starts a Git command in the repository; the caller owns its streams. */
export function startGit(place: GitPlace, args: readonly string[], cwd?: string): ChildProcessWithoutNullStreams {
  return spawnGit(args, cwd ?? place.workTree ?? place.gitDir, placeEnvironment(place));
}

function spawnGit(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  try {
    // In a process group of its own: Ctrl-C and whoever ends a whole group end this program, which lets Git finish.
    return spawn("git", args, { cwd, env, detached: true });
  } catch (cause) {
    // Some of what can go wrong is thrown, the rest comes as an event.
    throw new GitError("failed", `git ${args[0] ?? ""} could not be started in ${cwd}`, { cause });
  }
}

/**
 * Standard output of a Git command as it comes, with back-pressure; the child is ended where the reader stops early.
 * Throws GitError after the last chunk where the command failed.
 */
export async function* streamGit(place: GitPlace, args: readonly string[], cwd?: string): AsyncGenerator<Buffer> {
  const child = startGit(place, args, cwd);
  const ended = endOf(child);
  child.stdin.end();
  let finished = false;
  try {
    for await (const chunk of child.stdout) yield chunk;
    finished = true;
  } finally {
    if (!finished) child.kill();
  }
  const end = await ended;
  if (end.code !== 0) throw failure(args, end);
}

/** Splits a stream at NUL bytes into texts; bytes that are no UTF-8 become U+FFFD. */
export async function* nulRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = whole.indexOf(0); end >= 0; end = whole.indexOf(0, start)) {
      yield whole.toString("utf8", start, end);
      start = end + 1;
    }
    rest = whole.subarray(start);
  }
  if (rest.length > 0) yield rest.toString("utf8");
}

/** Texts between NUL bytes; the last one's NUL is optional. */
export function splitNul(bytes: Buffer): readonly string[] {
  const texts = bytes.toString("utf8").split("\0");
  return texts.at(-1) === "" ? texts.slice(0, -1) : texts;
}

export interface GitEnd {
  readonly code: number;
  readonly stderr: string;
  readonly error: NodeJS.ErrnoException | undefined;
}

/** Resolves, never rejects, when the child has ended and its output is closed. */
export async function endOf(child: ChildProcessWithoutNullStreams): Promise<GitEnd> {
  let stderr = "";
  let error: NodeJS.ErrnoException | undefined;
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-8192);
  });
  child.stdin.on("error", () => {});
  return new Promise((resolve) => {
    child.on("error", (caught) => {
      error = caught;
      if (child.pid === undefined) resolve({ code: -1, stderr, error });
    });
    child.on("close", (code) => resolve({ code: code ?? -1, stderr, error }));
  });
}

/** Why a Git command failed, in a sentence. */
export function failure(
  args: readonly string[],
  end: Pick<GitEnd, "code" | "stderr"> & { error?: GitEnd["error"] },
): GitError {
  if (end.error?.code === "ENOENT")
    return new GitError(
      "unavailable",
      "git was not found, or the folder it runs in is gone; RAOS needs Git 2.38 or newer",
    );
  const words = end.stderr.trim().replace(/^(fatal|error): /, "");
  const said = words === "" ? (end.error?.message ?? `it ended with code ${end.code}`) : words;
  return new GitError(
    "failed",
    `git ${args[0] ?? ""} failed: ${said}`,
    end.error === undefined ? {} : { cause: end.error },
  );
}

async function collect(
  child: ChildProcessWithoutNullStreams,
  args: readonly string[],
  run: GitRun,
): Promise<GitOutput> {
  const ended = endOf(child);
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= (run.limit ?? LIMIT)) chunks.push(chunk);
    else child.kill();
  });
  child.stdin.end(run.input ?? "");
  const end = await ended;
  if (size > (run.limit ?? LIMIT))
    throw new GitError("too-large", `git ${args[0] ?? ""} said more than ${run.limit ?? LIMIT} bytes`);
  if (!(run.accept ?? [0]).includes(end.code)) throw failure(args, end);
  return { code: end.code, stdout: Buffer.concat(chunks), stderr: end.stderr };
}

/** Writes to the child's input with back-pressure and ends it; a child that ended early is no error here. */
export async function feed(
  child: ChildProcessWithoutNullStreams,
  parts: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  await pipeline(Readable.from(parts), child.stdin).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}
