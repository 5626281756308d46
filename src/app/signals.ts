import { constants } from "node:os";

/** The signals of the process, as commands see them. */
export interface Signals {
  /** Aborted by the first signal once `hold` was called; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** From now on the first signal only aborts `signal`: the command finishes what it is doing, and ends. */
  hold(): void;
  /** The reader of the output is gone: a command that holds the signals is asked to end, any other ends at once. */
  unread(): void;
}

/** The signals that ask a process to end: service managers send the first, terminals the others. */
const ENDING = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Handles the signals of the process. Until a command holds them, each one ends the process at once, as it would without a
 * handler; afterwards the second does. Handlers of libraries are removed: a library that exits by itself, as tracing SDKs do
 * to send their last spans, would interrupt a write.
 */
export function takeSignals(process: NodeJS.Process): Signals {
  const stop = new AbortController();
  let isHeld = false;
  const ask = (name: (typeof ENDING)[number]): void => {
    if (!isHeld || stop.signal.aborted) endAtOnce(process, name);
    stop.abort(name);
  };
  for (const name of ENDING) {
    process.removeAllListeners(name);
    process.on(name, ask);
  }
  // Node itself handles a rejected promise that nobody awaits: it prints the stack and ends the process.
  process.removeAllListeners("unhandledRejection");
  process.on("newListener", (name: string | symbol, listener: (...given: unknown[]) => void) => {
    if (ENDING.some((one) => one === name)) queueMicrotask(() => process.removeListener(name, listener));
  });
  // The launcher that runs under an older Node is gone, and with it the process that passes signals on.
  process.on("disconnect", () => ask("SIGHUP"));
  process.channel?.unref();
  return {
    signal: stop.signal,
    hold: () => {
      isHeld = true;
    },
    unread: () => {
      if (!isHeld) process.exit(0);
      stop.abort("SIGPIPE");
    },
  };
}

function endAtOnce(process: NodeJS.Process, name: (typeof ENDING)[number]): never {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
  // The first process of a container is not ended by its own signals.
  return process.exit(128 + constants.signals[name]);
}
