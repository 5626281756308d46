import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { postAlerts } from "../support/alerts/post-alerts.ts";

const MAIN = resolve(import.meta.dirname, "../../src/main.ts");
export const TOKEN = "chaos";

/** How a process ended: with an exit code, or by a signal. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A `raos` in a process of its own, which leads a process group, as it does in a container. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<End>;
  /** Whether it has ended. */
  isOver(): boolean;
  /** Standard output's lines so far. */
  readonly lines: readonly string[];
  /** What it wrote to standard error so far. */
  errors(): string;
  /** Ends the process alone, or with every Git that it started, as the end of a container does. */
  kill(signal: NodeJS.Signals, whole: boolean): void;
}

/** Groups of processes that have not ended: nothing that was started here outlives this process. */
const alive = new Set<number>();
process.once("exit", () => {
  for (const pid of alive) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
});

export function startRaos(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cache: string,
  input = "",
): Running {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...argv], {
    // What V8 has compiled is kept: most of the time of a hundred starts.
    env: {
      PATH: process.env.PATH,
      HOME: cache,
      RAOS_CACHE: cache,
      NODE_COMPILE_CACHE: join(cache, "..", "compiled"),
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("raos could not be started");
  alive.add(pid);
  const lines: string[] = [];
  let errors = "";
  let end: End | undefined;
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-16_384);
  });
  const ended = new Promise<End>((done) => {
    child.once("exit", (code, signal) => {
      end = { code, signal };
      alive.delete(pid);
      done(end);
    });
  });
  return {
    pid,
    ended,
    lines,
    errors: () => errors,
    isOver: () => end !== undefined,
    kill(signal, whole) {
      if (end !== undefined) return;
      try {
        process.kill(whole ? -pid : pid, signal);
      } catch {
        // It ended in just this moment.
      }
    },
  };
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
  /** Milliseconds. */
  readonly took: number;
}

/** A command from its start to its end, with the cache of the first bot in this folder. */
export async function runToEnd(argv: readonly string[], folder: string, input = ""): Promise<Ran> {
  const started = Date.now();
  const running = startRaos(argv, {}, join(folder, "cache-0"), input);
  const { code } = await running.ended;
  return { code, out: running.lines.join("\n"), errors: running.errors(), took: Date.now() - started };
}

export interface Serving extends Running {
  readonly url: string;
}

/** `raos serve` on a free port, once it listens. Throws where it ends before, or takes a minute. */
export async function startServing(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cache: string,
): Promise<Serving> {
  const all = ["serve", "--port", "0", "--interval", "1h", ...argv];
  const running = startRaos(all, { ALERTS_TOKEN: TOKEN, ...env }, cache);
  const url = await waitForLog(running, "listening", 60_000);
  if (url === undefined) {
    running.kill("SIGKILL", true);
    throw new Error(
      `raos serve does not listen: ${running.errors().slice(-2000)} ${running.lines.slice(-3).join("\n")}`,
    );
  }
  return { ...running, url: /"url":"([^"]+)"/.exec(url)?.[1] ?? "" };
}

/** The first line of its log that says this, waited for so many milliseconds; undefined: the process ended, or the time is over. */
export async function waitForLog(running: Running, message: string, milliseconds: number): Promise<string | undefined> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const line = running.lines.find((each) => each.includes(`"msg":"${message}"`));
    if (line !== undefined || running.isOver() || Date.now() > until) return line;
    await sleep(5);
  }
}

/** Posts alerts; true: acknowledged with 200. False: refused, cut off or not answered. */
export async function post(url: string, alerts: readonly object[]): Promise<boolean> {
  try {
    return (await postAlerts(url, TOKEN, alerts)).status === 200;
  } catch {
    return false;
  }
}
