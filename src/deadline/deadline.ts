import { AsyncLocalStorage } from "node:async_hooks";

/**
 * The abort signal of the pass that the running code belongs to. All I/O reads it here, so that it ends with its pass, and no
 * function has to pass the signal on as a parameter.
 */
const PASS = new AsyncLocalStorage<AbortSignal | undefined>();

/** The pass took longer than its deadline. Nothing is left half done; the next pass continues. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  constructor(message = "the pass took longer than its deadline") {
    super(message);
  }
}

/** Runs work as part of a pass: all I/O that it starts ends when the signal aborts. */
export function withinDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return PASS.run(signal, work);
}

/** Runs work that continues after the end of the pass that started it. */
export function beyondDeadline<T>(work: () => Promise<T>): Promise<T> {
  return PASS.run(undefined, work);
}

/** The signal of the pass, or undefined outside of any. */
export function passSignal(): AbortSignal | undefined {
  return PASS.getStore();
}

/** A signal that aborts after the time, with the pass, or with another signal, whichever comes first. */
export function signalWithin(
  milliseconds: number,
  ...others: readonly (AbortSignal | null | undefined)[]
): AbortSignal {
  const all = [PASS.getStore(), ...others].filter((one) => one !== undefined && one !== null);
  const timeout = AbortSignal.timeout(milliseconds);
  return all.length === 0 ? timeout : AbortSignal.any([timeout, ...all]);
}

/** Throws DeadlineError where the pass has ended. For loops that compute for long without I/O. */
export function assertInTime(): void {
  if (PASS.getStore()?.aborted === true) throw new DeadlineError();
}

/** The result of the work; throws DeadlineError as soon as the pass ends, even if the work continues. */
export async function untilDeadline<T>(work: Promise<T>): Promise<T> {
  const signal = PASS.getStore();
  if (signal === undefined) return work;
  const over = Promise.withResolvers<never>();
  const end = () => over.reject(new DeadlineError());
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  work.catch(() => {});
  try {
    return await Promise.race([work, over.promise]);
  } catch (error) {
    // After the end of the pass, any error is a consequence of it.
    throw signal.aborted ? new DeadlineError() : error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}
