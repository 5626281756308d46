import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether a header is `Authorization: Bearer <token>`. Compares hashes in constant time, so that response times reveal neither the
 * length nor the start of the token. An empty token lets nobody in.
 */
export function hasBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(header ?? "")?.[1] ?? "";
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token)) && token !== "";
}
