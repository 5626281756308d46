import type { Readable } from "node:stream";

/** The process, as commands see it: they never use `process` itself. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether standard output is a terminal: colour and progress only there. */
  readonly terminal: boolean;
  /** Standard input. */
  input(): Readable;
  out(text: string): void;
  err(text: string): void;
  now(): number;
  /** Aborted by the first SIGTERM, SIGINT or SIGHUP, once the signals are held. */
  readonly signal: AbortSignal;
  /**
   * From now on the first signal only aborts `signal`, so that the command can finish its writes; the second signal ends the
   * process at once. Before this call, the first signal ends it.
   */
  hold(): void;
}

/** 0 fine, 1 problems found, 2 usage, 3 a system outside failed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The command line was wrong; the message says what to write. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A system outside the program failed: Git, a forge, the network, the disk. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
}
