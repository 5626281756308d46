import type { Readable } from "node:stream";

/** What a command is given of the outside, so that it never touches `process` itself. */
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
  /** Holds the signals: the command ends what it writes, and then itself. Else, and the second time, they end the process at once. */
  hold(): void;
}

/** 0 fine, 1 problems found, 2 usage, 3 a system outside failed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The command line was wrong; the message says what to write. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something outside (Git, a forge, the network, the disk) failed. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
}
