import type { ServerResponse } from "node:http";

/** Answers a request, unless it was answered already. */
export function reply(
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

/** Refuses a request whose body was not read to its end, so that the connection cannot be used again. */
export function refuse(response: ServerResponse, status: number, text: string): void {
  response.setHeader("connection", "close");
  reply(response, status, text);
}
