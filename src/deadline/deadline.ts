import { AsyncLocalStorage } from "node:async_hooks";

/**
 * The end of the pass that the running code belongs to. Whatever does I/O asks for it here, so that a fetch, a request and
 * a read of metrics all end with their pass, and none of them has to be handed a signal through every call between.
 */
const PASS = new AsyncLocalStorage<AbortSignal | undefined>();

/** The pass took longer than it may. Nothing is half done: the next pass goes on from what is there. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  constructor(message = "the pass took longer than its deadline") {
    super(message);
  }
}

/** Runs work as part of a pass: all I/O that it begins ends when the signal aborts. */
export function withinDeadline<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return PASS.run(signal, work);
}

/** Runs work that outlives the pass which began it. */
export function beyondDeadline<T>(work: () => Promise<T>): Promise<T> {
  return PASS.run(undefined, work);
}

/** The signal of the pass, or undefined outside of any. */
export function passSignal(): AbortSignal | undefined {
  return PASS.getStore();
}

/** A signal that aborts after so many milliseconds, or with the pass, or with another signal, whichever is first. */
export function signalWithin(
  milliseconds: number,
  ...others: readonly (AbortSignal | null | undefined)[]
): AbortSignal {
  const all = [PASS.getStore(), ...others].filter((one) => one !== undefined && one !== null);
  const timeout = AbortSignal.timeout(milliseconds);
  return all.length === 0 ? timeout : AbortSignal.any([timeout, ...all]);
}

/** Throws DeadlineError where the pass is over: for loops that compute more than they wait. */
export function assertInTime(): void {
  if (PASS.getStore()?.aborted === true) throw new DeadlineError();
}

/** What the work comes to; throws DeadlineError as soon as the pass is over, whether or not the work has noticed. */
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
    // What failed because the pass ended did not fail by itself.
    throw signal.aborted ? new DeadlineError() : error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}
