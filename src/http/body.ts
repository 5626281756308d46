import type { IncomingMessage } from "node:http";
import type { BodyBudget } from "./body-budget.ts";

/** GitHub does not deliver payloads of more than 25 MB. */
export const LARGEST_BODY = 25 * 1024 * 1024;

export type Body =
  /** `release` frees its bytes in the budget: call it after the answer. */
  | { readonly kind: "body"; readonly bytes: Buffer; readonly release: () => void }
  | { readonly kind: "too-large" }
  /** It came too slowly, or not at all. */
  | { readonly kind: "slow" }
  /** There was no room in the budget. */
  | { readonly kind: "no-room" }
  | { readonly kind: "broken" };

export interface BodyRules {
  /** Most bytes. */
  readonly limit: number;
  readonly budget: BodyBudget;
  /** Called with each part as it comes; it must not keep the part. */
  readonly seen?: (part: Buffer) => void;
  /** Milliseconds before `LEAST_RATE` applies; left out, 5,000. */
  readonly patienceMs?: number;
}

/** Minimum speed of a body after the first seconds, in bytes per second. */
const LEAST_RATE = 16 * 1024;
const PATIENCE = 5000;
/** A body is read as it arrives up to this many bytes; after that, it waits for its turn before each part. */
const SMALL = 128 * 1024;
/** First size of the buffer. Parts are copied into it, since each small part would keep a whole page of memory. */
const FIRST = 16 * 1024;

/**
 * Reads a request's body. Stops where a rule is broken; the caller then closes the connection. A declared length above the
 * limit is refused before anything is read.
 */
export function readBody(request: IncomingMessage, rules: BodyRules): Promise<Body> {
  const { limit, budget, seen, patienceMs = PATIENCE } = rules;
  const declared = Number(request.headers["content-length"] ?? 0);
  if (!(declared <= limit)) return Promise.resolve({ kind: "too-large" });
  return new Promise((resolve) => {
    const started = performance.now();
    let [buffer, size]: readonly [Buffer, number] = [Buffer.alloc(0), 0];
    const share = budget.open(request.socket.remoteAddress ?? "", () => end({ kind: "no-room" }));
    const pace = setInterval(() => {
      const over = performance.now() - started - patienceMs;
      if (over > 0 && size < (over / 1000) * LEAST_RATE + 1) end({ kind: "slow" });
    }, patienceMs / 5);
    let isOver = false;
    const end = (body: Body): void => {
      isOver = true;
      clearInterval(pace);
      request.off("data", take).off("end", done).off("close", broken);
      if (body.kind !== "body") {
        request.pause();
        share.close();
        buffer = Buffer.alloc(0);
      }
      resolve(body);
    };
    const take = (part: Buffer): void => {
      const isTooLarge = size + part.length > limit;
      const room = isTooLarge ? 0 : roomFor(size + part.length, buffer.length, limit);
      if (isTooLarge || (room > buffer.length && !share.grow(room - buffer.length))) {
        end({ kind: isTooLarge ? "too-large" : "no-room" });
        return;
      }
      if (room > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(room);
        buffer.copy(larger, 0, 0, size);
        buffer = larger;
      }
      part.copy(buffer, size);
      size += part.length;
      seen?.(part);
      if (size <= SMALL) return;
      request.pause();
      budget.turn(() => void (isOver || request.resume()));
    };
    const done = (): void => {
      share.keep();
      end({ kind: "body", bytes: buffer.subarray(0, size), release: share.close });
    };
    const broken = (): void => end({ kind: "broken" });
    request.on("error", () => {});
    request.on("data", take).on("end", done).on("close", broken);
  });
}

/** Doubles the size, so that at most twice the body is copied. */
function roomFor(size: number, room: number, limit: number): number {
  let next = Math.max(room, FIRST);
  while (next < size) next *= 2;
  return size <= room ? room : Math.min(next, Math.max(limit, size));
}
