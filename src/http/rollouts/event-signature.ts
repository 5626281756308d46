import { createHmac, timingSafeEqual } from "node:crypto";
import type { SignatureCheck } from "../github/signature.ts";

/** Bytes of a signature, by its algorithm. SHA-1 is not among them: Flux does not use it here, and it is broken. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ["sha224", 28],
  ["sha256", 32],
  ["sha384", 48],
  ["sha512", 64],
]);

/**
 * The check of `X-Signature: <algorithm>=<hex>`, as a Provider of type generic-hmac sends it; undefined where the header cannot be
 * such a signature, or there is no secret, so that the body need not be read.
 * https://fluxcd.io/flux/components/notification/providers/#generic-webhook-with-hmac
 */
export function eventSignatureCheck(
  header: string | readonly string[] | undefined,
  secret: string,
): SignatureCheck | undefined {
  if (typeof header !== "string" || secret === "") return undefined;
  const [, algorithm = "", hex = ""] = /^(sha\d{3})=([0-9a-f]{1,128})$/.exec(header) ?? [];
  if (LENGTHS.get(algorithm) !== hex.length / 2) return undefined;
  const hmac = createHmac(algorithm, secret);
  return {
    update: (part) => void hmac.update(part),
    isRight: () => timingSafeEqual(hmac.digest(), Buffer.from(hex, "hex")),
  };
}
