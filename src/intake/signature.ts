import { createHmac, timingSafeEqual } from "node:crypto";

/** A signature of GitHub that is checked while its body comes in. */
export interface SignatureCheck {
  /** Takes the next part of the body. */
  update(part: Uint8Array): void;
  /** Whether it is the signature of all the parts, with our secret. Asked once, at the end. */
  isRight(): boolean;
}

/**
 * The check of a delivery's `X-Hub-Signature-256`; undefined where the header holds nothing that could be one, so that nothing
 * of the body needs to be read. https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
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
