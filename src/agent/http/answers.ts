import type { ServerResponse } from "node:http";
import { reply } from "../../http/reply.ts";

/** Answers JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  reply(response, status, JSON.stringify(value), "application/json");
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
