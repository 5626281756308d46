import type { IncomingMessage } from "node:http";

/** GitHub caps payloads at 25 MB and does not deliver larger ones. */
export const LARGEST_BODY = 25 * 1024 * 1024;

export type Body =
  | { readonly kind: "body"; readonly text: string }
  | { readonly kind: "too-large" }
  | { readonly kind: "broken" };

/** Reads a request's body up to a limit in bytes. Stops reading where it is passed; the caller closes the connection. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (!(declared <= limit)) return { kind: "too-large" };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) return { kind: "broken" };
      size += chunk.length;
      if (size > limit) return { kind: "too-large" };
      chunks.push(chunk);
    }
  } catch {
    return { kind: "broken" };
  }
  return { kind: "body", text: Buffer.concat(chunks).toString("utf8") };
}
