import type { IncomingMessage } from "node:http";

export type RequestBody =
  | { readonly kind: "json"; readonly value: unknown }
  /** `status` is HTTP's: 400 no JSON, 408 too slow, 413 too large. */
  | { readonly kind: "refused"; readonly status: 400 | 408 | 413; readonly words: string };

const MOST_BYTES = 1024 * 1024;
const MOST_MS = 20_000;

/** Reads a request's JSON of at most 1 MiB that comes within 20 seconds. A declared length above it is refused before it is read. */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  if (!(Number(request.headers["content-length"] ?? 0) <= MOST_BYTES)) return TOO_LARGE;
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => request.destroy(new Error("slow")), MOST_MS);
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > MOST_BYTES) return TOO_LARGE;
      chunks.push(chunk);
    }
    return { kind: "json", value: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "refused", status: 400, words: "the body is not JSON" };
    return { kind: "refused", status: 408, words: "the body did not come in time" };
  } finally {
    clearTimeout(timer);
  }
}

const TOO_LARGE: RequestBody = { kind: "refused", status: 413, words: `a body has at most ${MOST_BYTES} bytes` };
