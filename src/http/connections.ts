import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

interface OpenConnection {
  /** When the last response ended, or the connection was opened. */
  since: number;
  /** The open request. */
  request: IncomingMessage | undefined;
}

/** The connections of a server. */
export interface Connections {
  /** Closes those without a complete request. */
  closeIncomplete(): void;
}

/**
 * Limits a server to `most` connections. To make room for a new one, it takes the address with the most connections and closes
 * the one that has sent no complete request for the longest time. So a client that opens many connections and sends little
 * loses its own, and a normal delivery, which is fast, does not wait. A connection that is being answered stays open.
 */
export function limitConnections(server: Server, most: number): Connections {
  const open = new Map<Socket, OpenConnection>();
  server.on("connection", (socket: Socket) => {
    if (open.size >= most && !closeOne(open)) {
      socket.destroy();
      return;
    }
    open.set(socket, { since: performance.now(), request: undefined });
    socket.once("close", () => open.delete(socket));
  });
  server.prependListener("request", (request: IncomingMessage, response) => {
    const one = open.get(request.socket);
    if (one === undefined) return;
    one.request = request;
    response.once("close", () => {
      one.request = undefined;
      one.since = performance.now();
    });
  });
  return {
    closeIncomplete() {
      for (const [socket, { request }] of open) if (request?.complete !== true) socket.destroy();
    },
  };
}

/** Closes one connection; false where every one is being answered. */
function closeOne(open: Map<Socket, OpenConnection>): boolean {
  const counts = new Map<string, number>();
  for (const { remoteAddress = "" } of open.keys()) counts.set(remoteAddress, (counts.get(remoteAddress) ?? 0) + 1);
  let found: { readonly socket: Socket; readonly count: number; readonly since: number } | undefined;
  for (const [socket, { since, request }] of open) {
    if (request?.complete === true) continue;
    const count = counts.get(socket.remoteAddress ?? "") ?? 0;
    if (found === undefined || count > found.count || (count === found.count && since < found.since))
      found = { socket, count, since };
  }
  if (found === undefined) return false;
  open.delete(found.socket);
  found.socket.destroy();
  return true;
}
