import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** A server of a test, ended by the id of its process. */
export interface Child {
  /** Its process id; 0 where it did not start. */
  readonly pid: number;
  /** All it has printed so far, both streams. */
  log(): string;
  /** Whether it still runs. */
  runs(): boolean;
  /** Asks it to end, and ends it when its patience is over. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts a program with nothing of this process' environment but what it needs to find its files. `patience`: milliseconds that it has
 * to end by itself; one that has to end others first needs more, or they are left behind.
 */
export function startChild(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  patience = 5000,
): Child {
  const { PATH = "", HOME = "/", TMPDIR = "/tmp" } = process.env;
  const child = spawn(program, args, { env: { PATH, HOME, TMPDIR, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let printed = "";
  const keep = (text: string) => {
    printed += text;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      keep(`${program} does not start: ${error.message}`);
      running.delete(child);
      resolve();
    });
    child.on("close", () => {
      running.delete(child);
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    log: () => printed,
    runs: () => running.has(child),
    async stop() {
      child.kill("SIGTERM");
      const inTime = new AbortController();
      const late = setTimeout(patience, undefined, { signal: inTime.signal }).then(() => child.kill("SIGKILL"));
      await Promise.race([ended, late.catch(() => undefined)]);
      inTime.abort();
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Waits until `ready` says so, asking again and again. Throws with the end of the log where the program ends first. */
export async function untilReady(child: Child, what: string, ready: () => Promise<boolean>): Promise<void> {
  const patience = AbortSignal.timeout(60_000);
  while (!(await ready().catch(() => false))) {
    if (!child.runs()) throw new Error(`${what} ended while it started:\n${lastLines(child.log())}`);
    if (patience.aborted) throw new Error(`${what} is not ready after a minute:\n${lastLines(child.log())}`);
    await setTimeout(50);
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-20).join("\n");
}
