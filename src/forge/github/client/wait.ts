import { setTimeout as sleep } from "node:timers/promises";
import type { Warn } from "../../../domain/warn.ts";
import { ForgeError } from "../../forge.ts";

type Headers = Readonly<Record<string, string | number | undefined>>;

/** Seconds to wait where no header says how long: GitHub's minimum after a secondary limit. */
const FALLBACK = 60;
const MOST_WAITS = 5;

export interface Patience {
  /** Longest wait, in seconds. */
  readonly patience: number;
  readonly warn: Warn;
}

/** GitHub refused because of a rate limit, before it did anything. */
export class RateLimited extends Error {
  readonly headers: Headers;
  constructor(headers: Headers) {
    super("GitHub's rate limit");
    this.headers = headers;
  }
}

/**
 * Sends a request. Where `send` throws RateLimited, the request had no effect: it is sent again after the wait that GitHub asks
 * for (`retry-after`, else `x-ratelimit-reset`). Throws ForgeError "rate-limited" where the wait is longer than the patience,
 * or after too many waits.
 */
export async function waitOutRateLimits<T>(send: () => Promise<T>, { patience, warn }: Patience): Promise<T> {
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
  // One second more, since the clocks may differ.
  if (String(headers["x-ratelimit-remaining"]) === "0" && reset > 0)
    return Math.max(1, Math.ceil(reset - now / 1000) + 1);
  return FALLBACK;
}
