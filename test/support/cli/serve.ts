import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { run } from "../../../src/cli/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { waitFor } from "../wait.ts";

export interface Served {
  readonly url: string;
  /** The log's lines so far. */
  readonly log: readonly { readonly msg: string }[];
  stop(): Promise<number>;
}

/** `raos serve` on a free port, up to the moment it listens. */
export async function serve(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Served> {
  const folder = temporaryFolder();
  const stop = new AbortController();
  const log: { msg: string; url?: string }[] = [];
  const out = (text: string) => {
    for (const line of text.split("\n").filter((part) => part !== "")) log.push(JSON.parse(line));
  };
  const ended = run(["serve", "--port", "0", "--interval", "1h", ...argv], {
    env: { PATH: process.env.PATH, RAOS_CACHE: folder, ...env },
    cwd: folder,
    terminal: false,
    input: () => Readable.from([]),
    out,
    err: () => {},
    now: Date.now,
    signal: stop.signal,
    hold: () => {},
  });
  const url = await waitFor(() => log.find((line) => line.msg === "listening")?.url);
  const served = {
    url,
    log,
    stop: () => {
      stop.abort();
      return ended;
    },
  };
  onTestFinished(async () => {
    await served.stop();
  });
  return served;
}
