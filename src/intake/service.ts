import { createServer, type RequestListener } from "node:http";
import { limitConnections } from "./connections.ts";

export interface Service {
  /** Where it listens, `http://host:port`. */
  readonly url: string;
  /**
   * Takes no new connection, and lets requests under way be answered for at most `grace` milliseconds, then cuts them; what has
   * not come whole within the first second of it, sooner.
   */
  stop(grace: number): Promise<void>;
}

export interface Where {
  readonly host: string;
  readonly port: number;
  /** Connections at a time; left out, 512. */
  readonly connections?: number;
}

const CONNECTIONS = 512;
/** Milliseconds that a request has to come whole once the service stops. */
const ARRIVES = 1000;

/**
 * Listens. Throws what the socket throws: EADDRINUSE, EACCES. A slow sender is cut off: after 10 seconds without whole headers,
 * after 30 without a whole body; where there are too many connections, sooner.
 */
export async function startService(listener: RequestListener, where: Where): Promise<Service> {
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
      // Node looks for slow ones every 30 seconds, if it is not told otherwise.
      connectionsCheckingInterval: 1000,
    },
    listener,
  );
  const connections = limitConnections(server, where.connections ?? CONNECTIONS);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where.port, where.host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : where.port;
  const host = where.host.includes(":") ? `[${where.host}]` : where.host;
  return {
    url: `http://${host}:${port}`,
    stop: async (grace) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Connections that are kept alive become idle one by one, as their last request is answered.
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const incomplete = setTimeout(() => connections.endIncomplete(), Math.min(ARRIVES, grace / 2));
      const cut = setTimeout(() => server.closeAllConnections(), grace);
      await closed;
      clearInterval(idle);
      clearTimeout(incomplete);
      clearTimeout(cut);
    },
  };
}
