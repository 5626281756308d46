import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../temporary-folder.ts";
import { waitFor } from "../wait.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** `raos` as a process of its own. */
export interface RaosProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The folder of its cache. */
  readonly cache: string;
  /** Lines of standard output that are JSON: of `serve`, its log. */
  readonly log: readonly Line[];
  /** Everything it wrote to standard error. */
  err(): string;
  readonly ended: Promise<End>;
  /** The first line of the log that says this. */
  logged(msg: string): Promise<Line>;
}

interface Line {
  readonly msg: string;
  readonly url?: string;
  readonly code?: string;
}

export interface HowStarted {
  readonly node?: string;
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cache?: string;
  readonly input?: string;
}

/** Starts `raos` with this Node, or another one through `bin/raos.js`, in a process group of its own. Ended with the test. */
export function startProcess(argv: readonly string[], how: HowStarted = {}): RaosProcess {
  const { node = process.execPath, program = "src/main.ts", env = {}, input } = how;
  const cache = how.cache ?? temporaryFolder();
  const child = spawn(node, [join(ROOT, program), ...argv], {
    env: { PATH: process.env.PATH, RAOS_CACHE: cache, ...env },
    cwd: temporaryFolder(),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });
  child.stdin?.end(input);
  const log: Line[] = [];
  let err = "";
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith('{"level"')) log.push(JSON.parse(line));
    });
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<End>((done) => {
    child.once("exit", (code, signal) => done({ code, signal }));
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  return {
    child,
    pid: child.pid ?? 0,
    cache,
    log,
    err: () => err,
    ended,
    logged: (msg) => waitFor(() => log.find((line) => line.msg === msg)),
  };
}

/** A Node of this machine that is older than RAOS needs, to try `bin/raos.js` with; undefined where there is none. */
export function olderNode(): string | undefined {
  const places = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return [...places, "/usr/bin", "/usr/local/bin"]
    .map((folder) => join(folder, "node"))
    .filter((file) => existsSync(file))
    .find(
      (file) => Number(execFileSync(file, ["-p", "process.versions.node"], { encoding: "utf8" }).split(".")[0]) < 24,
    );
}

/** Whether anybody listens there. */
export async function isListening(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );
}
