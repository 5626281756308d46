import { Readable } from "node:stream";
import { run } from "../../src/cli/index.ts";

/** What a command line came to. */
export interface Ran {
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
): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await run(argv, {
    env: { PATH: process.env.PATH, RAOS_CACHE: `${cwd}.cache`, ...env },
    cwd,
    terminal: false,
    input: () => Readable.from([input]),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    now,
    signal: new AbortController().signal,
    hold: () => {},
  });
  return { code, out, err };
}
