import type { IncomingMessage } from "node:http";
import type { BodyBudget } from "./body-budget.ts";

/** GitHub caps payloads at 25 MB and does not deliver larger ones. */
export const LARGEST_BODY = 25 * 1024 * 1024;

export type Body =
  /** `release` gives its bytes back to the budget: call it once the request is answered. */
  | { readonly kind: "body"; readonly bytes: Buffer; readonly release: () => void }
  | { readonly kind: "too-large" }
  /** It came too slowly, or not at all. */
  | { readonly kind: "slow" }
  /** There was no room for it beside the others. */
  | { readonly kind: "no-room" }
  | { readonly kind: "broken" };

export interface BodyRules {
  /** Most bytes. */
  readonly limit: number;
  readonly budget: BodyBudget;
  /** Sees each part as it comes; the part is not kept. */
  readonly seen?: (part: Buffer) => void;
  /** Milliseconds a body may take at any pace; left out, 5,000. Afterwards `LEAST_RATE` holds. */
  readonly patienceMs?: number;
}

/** Bytes a second that a body has to keep up beyond its first seconds. */
const LEAST_RATE = 16 * 1024;
const PATIENCE = 5000;
/** Bytes up to which a body is read as it comes; beyond, each part has to wait for its turn. */
const SMALL = 128 * 1024;
/** Bytes a body begins with. Small parts are copied together: each by itself would hold a whole page of what was read. */
const FIRST = 16 * 1024;

/**
 * Reads a request's body within its rules. Stops reading where one is broken; the caller then closes the connection. A declared
 * length above the limit is refused before anything is read.
 */
export function readBody(request: IncomingMessage, rules: BodyRules): Promise<Body> {
  const { limit, budget, seen, patienceMs = PATIENCE } = rules;
  const declared = Number(request.headers["content-length"] ?? 0);
  if (!(declared <= limit)) return Promise.resolve({ kind: "too-large" });
  return new Promise((resolve) => {
    const started = performance.now();
    let [held, size]: readonly [Buffer, number] = [Buffer.alloc(0), 0];
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
        held = Buffer.alloc(0);
      }
      resolve(body);
    };
    const take = (part: Buffer): void => {
      const isTooLarge = size + part.length > limit;
      const room = isTooLarge ? 0 : roomFor(size + part.length, held.length, limit);
      if (isTooLarge || (room > held.length && !share.grow(room - held.length))) {
        end({ kind: isTooLarge ? "too-large" : "no-room" });
        return;
      }
      if (room > held.length) {
        const larger = Buffer.allocUnsafeSlow(room);
        held.copy(larger, 0, 0, size);
        held = larger;
      }
      part.copy(held, size);
      size += part.length;
      seen?.(part);
      if (size <= SMALL) return;
      request.pause();
      budget.turn(() => void (isOver || request.resume()));
    };
    const done = (): void => {
      share.keep();
      end({ kind: "body", bytes: held.subarray(0, size), release: share.close });
    };
    const broken = (): void => end({ kind: "broken" });
    request.on("error", () => {});
    request.on("data", take).on("end", done).on("close", broken);
  });
}

/** Doubles, so that what is copied in all stays within twice the body. */
function roomFor(size: number, room: number, limit: number): number {
  let next = Math.max(room, FIRST);
  while (next < size) next *= 2;
  return size <= room ? room : Math.min(next, Math.max(limit, size));
}
