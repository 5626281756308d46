import { createHmac } from "node:crypto";

/** The header `x-hub-signature-256` that GitHub sends with this body. */
export function signWebhook(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}
