import { setTimeout as sleep } from "node:timers/promises";
import { ForgeError } from "./forge.ts";

type Headers = Readonly<Record<string, string | number | undefined>>;

/** Seconds to wait where neither header says how long: what GitHub asks for at least after a secondary limit. */
const FALLBACK = 60;
const MOST_WAITS = 5;

export interface Patience {
  /** Longest wait, in seconds. */
  readonly patience: number;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** What GitHub said when it refused for a rate limit, before it did anything. */
export class RateLimited extends Error {
  readonly headers: Headers;
  constructor(headers: Headers) {
    super("GitHub's rate limit");
    this.headers = headers;
  }
}

/**
 * Sends, and sends again after the wait that GitHub asks for (`retry-after`, else `x-ratelimit-reset`) where `send`
 * throws RateLimited: a request so refused has had no effect. Throws ForgeError "rate-limited" where the wait is longer
 * than the patience, or comes up again and again.
 */
export async function waitedOut<T>(send: () => Promise<T>, { patience, warn }: Patience): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error;
      const retryAfter = secondsOf(error.headers, Date.now());
      const waits = retryAfter <= patience && count <= MOST_WAITS;
      warn({ retryAfter, count, waits }, "GitHub's rate limit");
      if (!waits) throw new ForgeError("rate-limited", `GitHub's rate limit asks to wait ${retryAfter} seconds`);
      await sleep(retryAfter * 1000);
    }
  }
}

function secondsOf(headers: Headers, now: number): number {
  const asked = Number(headers["retry-after"]);
  if (asked > 0) return asked;
  const reset = Number(headers["x-ratelimit-reset"]);
  // A second more, so that the clocks need not agree.
  if (String(headers["x-ratelimit-remaining"]) === "0" && reset > 0)
    return Math.max(1, Math.ceil(reset - now / 1000) + 1);
  return FALLBACK;
}
