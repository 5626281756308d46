import { DeadlineError, untilDeadline, withinDeadline } from "../../deadline/deadline.ts";
import { redactKnownSecrets } from "../../redaction/redact-secrets.ts";

/** What one check found. "off": it is not configured, and `fix` says how it would be. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "failed" | "off";
  readonly message: string;
  readonly fix?: string;
}

/** A check: its name, and what finds out. */
export interface Check {
  readonly name: string;
  /** Milliseconds that it may take; left out, 15,000. */
  readonly timeoutMs?: number;
  /** What is looked at: of several checks with one key, the first is enough. Left out: of its own. */
  readonly key?: string;
  /** Its findings, in order. Whatever it throws is a failure of its own. */
  readonly find: () => Promise<readonly Finding[]>;
}

const TIMEOUT = 15_000;
/** Most characters of a message. */
const LONGEST = 1000;

/** Runs a check within its time. Never throws; no text of the findings holds a secret. */
export async function runCheck({ name, timeoutMs = TIMEOUT, find }: Check): Promise<readonly Finding[]> {
  const found = await withinDeadline(AbortSignal.timeout(timeoutMs), () => untilDeadline(find())).catch(
    (error: unknown): readonly Finding[] => [
      {
        check: name,
        status: "failed",
        message:
          error instanceof DeadlineError
            ? `no answer within ${timeoutMs / 1000} s`
            : error instanceof Error
              ? error.message
              : String(error),
      },
    ],
  );
  return found.map((one) => ({
    ...{ check: one.check, status: one.status, message: clean(one.message) },
    ...(one.fix === undefined ? {} : { fix: clean(one.fix) }),
  }));
}

function clean(text: string): string {
  const safe = redactKnownSecrets(text);
  return safe.length <= LONGEST ? safe : `${safe.slice(0, LONGEST)}…`;
}

/** Runs work on items, a few at a time, and returns the results in the items' order. */
export async function aFewAtATime<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results.set(index, await work(item));
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
