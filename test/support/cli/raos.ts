import { Readable } from "node:stream";
import type { Shell } from "../../../src/app/shell.ts";
import { run } from "../../../src/cli/index.ts";

/** The result of a command line. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, with a cache of its own; `now` is a fixed clock, where one is given. */
export async function raos(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  now = Date.now,
  input = "",
): Promise<CommandResult> {
  let out = "";
  let err = "";
  const code = await run(argv, {
    ...shellFor(cwd, now, env),
    input: () => Readable.from([input]),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

/** What a command in this process is given, with a cache of its own beside the folder; it prints nowhere. */
export function shellFor(cwd: string, now: () => number = Date.now, env: Readonly<Record<string, string>> = {}): Shell {
  return {
    env: { PATH: process.env.PATH, RAOS_CACHE: `${cwd}.cache`, ...env },
    cwd,
    terminal: false,
    input: () => Readable.from([]),
    out: () => {},
    err: () => {},
    now,
    signal: new AbortController().signal,
    hold: () => {},
  };
}
