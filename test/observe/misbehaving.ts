import { createServer, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";

/** A server on loopback for the length of a test. */
export async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

const answering =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(body);

/** What a server may do that should answer JSON, and the reason that is told of it. */
export const MISBEHAVIOUR: readonly (readonly [what: string, listener: RequestListener, reason: string])[] = [
  ["says the query is wrong", answering(422, '{"status":"error","error":"bad query"}'), "refused"],
  ["says that it may not", answering(403, "no"), "refused"],
  ["is overloaded", answering(503, "try later"), "unreachable"],
  ["fails", answering(500, ""), "unreachable"],
  ["answers prose", answering(200, "<html>hello</html>"), "unreadable"],
  [
    "answers another shape",
    answering(200, '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}'),
    "unreadable",
  ],
  ["answers half of it", answering(200, '{"status":"success","data":{"resultType":"'), "unreadable"],
  ["never answers", () => {}, "timed-out"],
  ["answers a byte at a time", (_, response) => void drip(response), "timed-out"],
  [
    "hangs up in the middle",
    (_, response) => {
      response.writeHead(200, { "content-length": "1000" }).write('{"status":', () => response.destroy());
    },
    "unreachable",
  ],
  [
    "sends one elsewhere",
    (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    "refused",
  ],
  ["answers without end", (_, response) => void flood(response), "too-large"],
];

function drip(response: Parameters<RequestListener>[1]): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
}

function flood(response: Parameters<RequestListener>[1]): void {
  const piece = " ".repeat(1024 * 1024);
  response.on("error", () => {});
  response.writeHead(200);
  const more = () => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}
