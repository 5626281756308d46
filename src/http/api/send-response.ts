import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Writes a response of the Fetch standard, part by part as it comes, until the client is gone; then its source is left. */
export async function sendResponse(answer: Response, response: ServerResponse, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return answer.body?.cancel();
  response.statusCode = answer.status;
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  const reader = answer.body?.getReader();
  gone.addEventListener("abort", () => void reader?.cancel().catch(() => {}), { once: true });
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    // Rejects where the client goes, and then the source says that it is done.
    if (!response.write(value)) await once(response, "drain", { signal: gone }).catch(() => {});
  }
  response.end();
}
