import type { ServerResponse } from "node:http";

/** Answers JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, JSON.stringify(value), "application/json");
}

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  if (response.headersSent) return;
  response
    .writeHead(status, {
      "content-type": type,
      "content-length": Buffer.byteLength(text),
      "x-content-type-options": "nosniff",
    })
    .end(text);
}

/** Streams values as server-sent events; ends where the client is gone. The first value is waited for before the header is sent. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncGenerator<unknown, void, undefined>,
  failed: (error: unknown) => unknown,
): Promise<void> {
  const first = await events.next();
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
  });
  const write = (event: string, value: unknown) => response.write(`${event}data: ${JSON.stringify(value)}\n\n`);
  try {
    if (first.done !== true) write("", first.value);
    for await (const event of events) {
      if (response.destroyed) return;
      write("", event);
    }
  } catch (error) {
    write("event: error\n", failed(error));
  } finally {
    response.end();
  }
}
