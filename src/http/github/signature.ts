import { createHmac, timingSafeEqual } from "node:crypto";

/** Checks GitHub's signature while the body is read. */
export interface SignatureCheck {
  /** Takes the next part of the body. */
  update(part: Uint8Array): void;
  /** Whether the signature fits the whole body. Call it once, at the end. */
  isRight(): boolean;
}

/**
 * The check of a delivery's `X-Hub-Signature-256`; undefined where the header cannot be a signature, so that the body
 * need not be read. https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function signatureCheck(
  header: string | readonly string[] | undefined,
  secret: string,
): SignatureCheck | undefined {
  const [, hex] = typeof header === "string" ? (/^sha256=([0-9a-f]{64})$/.exec(header) ?? []) : [];
  if (hex === undefined) return undefined;
  const hmac = createHmac("sha256", secret);
  return {
    update: (part) => void hmac.update(part),
    isRight: () => timingSafeEqual(hmac.digest(), Buffer.from(hex, "hex")),
  };
}
