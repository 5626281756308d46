import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { closeServer, listenOnLoopback } from "./listen.ts";

/** A request that was received. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server on loopback that records its requests. */
export interface Loopback {
  readonly url: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/** Starts a server that answers as `answer` does; where that does nothing, it never answers. */
export async function startLoopback(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => void,
): Promise<Loopback> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      asked.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      answer(response, request, body);
    });
  });
  return { url: await listenOnLoopback(server), asked, stop: () => closeServer(server) };
}

/** Answers with a text, as JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Starts a server that ends with the test. Returns its URL, without a slash at its end. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  const url = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  return url;
}
