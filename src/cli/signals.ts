import { constants } from "node:os";

/** What signals ask of the process, and what a command makes of it. */
export interface Signals {
  /** Aborted by the first signal once `hold` was called; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** From now on the first signal only aborts `signal`: the command ends what is under way, and then itself. */
  hold(): void;
  /** Nobody reads what is printed any more: a command that holds the signals is asked to end, any other has ended. */
  unread(): void;
}

/** Those that ask a process to end: service managers send the first, terminals the others. */
const ENDING = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Takes the process' signals. Until a command holds them each one ends the process at once, as it would without anybody
 * listening; afterwards the second does. Nobody else listens: libraries that exit by themselves, as tracing SDKs do to send
 * their last spans, would cut off what is being written.
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
  // Left to Node, a promise that nobody looks after ends the process with its stack, and not without a word.
  process.removeAllListeners("unhandledRejection");
  process.on("newListener", (name: string | symbol, listener: (...given: unknown[]) => void) => {
    if (ENDING.some((one) => one === name)) queueMicrotask(() => process.removeListener(name, listener));
  });
  // The process that stands in for this one under an older Node is gone, and with it whoever could send a signal.
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
