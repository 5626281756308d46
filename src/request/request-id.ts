import { createHash } from "node:crypto";
import { type Principal, principalText } from "../domain/request/principal.ts";

/**
 * The id of a request: 16 hexadecimal digits, a pure function of who asks and of `key`, which says what is asked, or is an id that the
 * asker chose for it. Asked again, it is the same request; the same words of somebody else are another one.
 */
export function requestId(from: Principal, key: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([principalText(from), ...key]))
    .digest("hex")
    .slice(0, 16);
}
