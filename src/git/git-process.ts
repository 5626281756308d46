import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { DeadlineError, passSignal } from "../deadline/deadline.ts";
import { GitError } from "./git-error.ts";
import { type GitPlace, placeEnvironment } from "./git-place.ts";

/** Milliseconds in which Git may remove its temporary files and locks after SIGTERM. */
const CLEAN_UP = 2000;

/** Starts a Git command in the repository; the caller reads and closes its streams. */
export function startGit(place: GitPlace, args: readonly string[], cwd?: string): ChildProcessWithoutNullStreams {
  return spawnGit(args, cwd ?? place.workTree ?? place.gitDir, placeEnvironment(place));
}

/** As `startGit`, where no repository is known yet. */
export function spawnGit(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  return startProgram("git", args, cwd, env);
}

/** Starts a program in a process group of its own. Throws GitError where the system refuses. */
export function startProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  try {
    // In a process group of its own: a signal to this process's group does not interrupt its writes, and processes that it
    // starts, such as Git's HTTP helper, can be ended together with it.
    return spawn(program, args, { cwd, env, detached: true });
  } catch (cause) {
    // Some failures are thrown, others come as an event.
    throw new GitError("failed", `${program} ${args[0] ?? ""} could not be started in ${cwd}`, { cause });
  }
}

/** Ends a child and the processes it started. On SIGTERM Git removes its locks and temporary files; on SIGKILL it cannot. */
function endGroup(child: ChildProcessWithoutNullStreams): void {
  signalGroup(child, "SIGTERM");
  const late = setTimeout(() => signalGroup(child, "SIGKILL"), CLEAN_UP);
  late.unref();
  child.once("close", () => clearTimeout(late));
}

function signalGroup({ pid }: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

/** Ends a child with its pass, or after its timeout. `reason` is the error to throw then. */
export function watchChild(
  child: ChildProcessWithoutNullStreams,
  args: readonly string[],
  { timeout, untilDone = false }: { readonly timeout: number; readonly untilDone?: boolean },
): { release(): void; reason(): Error | undefined } {
  const pass = untilDone ? undefined : passSignal();
  let reason: Error | undefined;
  const end = (why: Error) => {
    reason ??= why;
    endGroup(child);
    // A helper that left the group may keep the pipes open for ever.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const over = () => end(new DeadlineError(`git ${args[0] ?? ""} was ended: the pass took longer than its deadline`));
  const seconds = Math.round(timeout / 1000);
  const clock = setTimeout(
    () => end(new GitError("unavailable", `git ${args[0] ?? ""} did not end within ${seconds} seconds`)),
    timeout,
  );
  clock.unref();
  pass?.addEventListener("abort", over, { once: true });
  if (pass?.aborted === true) over();
  return {
    release: () => {
      clearTimeout(clock);
      pass?.removeEventListener("abort", over);
    },
    reason: () => reason,
  };
}

export interface GitEnd {
  readonly code: number;
  readonly stderr: string;
  readonly error: NodeJS.ErrnoException | undefined;
}

/** Resolves, never rejects, when the child has ended and its output is closed. */
export async function waitForEnd(child: ChildProcessWithoutNullStreams): Promise<GitEnd> {
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

/** The error of a failed Git command, with Git's own message. */
export function gitFailure(
  args: readonly string[],
  end: Pick<GitEnd, "code" | "stderr"> & { error?: GitEnd["error"] },
): GitError {
  if (end.error?.code === "ENOENT")
    return new GitError(
      "unavailable",
      "git was not found, or the folder it runs in is gone; RAOS needs Git 2.38 or newer",
    );
  const words = end.stderr.trim().replace(/^(fatal|error): /, "");
  const said = words === "" ? (end.error?.message ?? `its exit code was ${end.code}`) : words;
  return new GitError(
    "failed",
    `git ${args[0] ?? ""} failed: ${said}`,
    end.error === undefined ? {} : { cause: end.error },
  );
}
