import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

interface Held {
  /** Since when nothing whole has come on it. */
  since: number;
  /** What is under way on it. */
  request: IncomingMessage | undefined;
}

/** The connections of a server. */
export interface Connections {
  /** Ends those on which no whole request has come. */
  endIncomplete(): void;
}

/**
 * Keeps a server at most `most` connections, and makes room for a new one by ending another: of the address that holds the
 * most, the one on which no whole request has come for the longest. Somebody who only holds connections, silent or dripping,
 * ends their own; a delivery, which comes at once and is over, never waits. Answers being written are left alone.
 */
export function limitConnections(server: Server, most: number): Connections {
  const held = new Map<Socket, Held>();
  server.on("connection", (socket: Socket) => {
    if (held.size >= most && !endOne(held)) {
      socket.destroy();
      return;
    }
    held.set(socket, { since: performance.now(), request: undefined });
    socket.once("close", () => held.delete(socket));
  });
  server.prependListener("request", (request: IncomingMessage, response) => {
    const one = held.get(request.socket);
    if (one === undefined) return;
    one.request = request;
    response.once("close", () => {
      one.request = undefined;
      one.since = performance.now();
    });
  });
  return {
    endIncomplete() {
      for (const [socket, { request }] of held) if (request?.complete !== true) socket.destroy();
    },
  };
}

/** Ends the connection that is the least of a loss; false where every one is being answered. */
function endOne(held: Map<Socket, Held>): boolean {
  const counts = new Map<string, number>();
  for (const { remoteAddress = "" } of held.keys()) counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
  let found: { readonly socket: Socket; readonly count: number; readonly since: number } | undefined;
  for (const [socket, { since, request }] of held) {
    if (request?.complete === true) continue;
    const count = counts.get(socket.remoteAddress ?? "") ?? 0;
    if (found === undefined || count > found.count || (count === found.count && since < found.since))
      found = { socket, count, since };
  }
  if (found === undefined) return false;
  held.delete(found.socket);
  found.socket.destroy();
  return true;
}
