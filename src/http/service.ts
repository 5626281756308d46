import { createServer, type RequestListener } from "node:http";
import { limitConnections } from "./connections.ts";

export interface Service {
  /** Its address, `http://host:port`. */
  readonly url: string;
  /**
   * Accepts no new connection, answers open requests for at most `grace` milliseconds, then closes all connections. A request
   * that is not complete after one second is closed earlier.
   */
  stop(grace: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Most connections; left out, 512. */
  readonly connections?: number;
}

const CONNECTIONS = 512;
/** Milliseconds in which a request must be complete once the service stops. */
const ARRIVES = 1000;

/**
 * Starts to listen. Throws what the socket throws: EADDRINUSE, EACCES. A slow sender is disconnected: after 10 seconds
 * without complete headers, after 30 without a complete body, or earlier where there are too many connections.
 */
export async function startService(listener: RequestListener, where: ListenOptions): Promise<Service> {
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16_384,
      // Node's default is to check for slow connections every 30 seconds.
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
      // A kept-alive connection becomes idle when its last request is answered.
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const incomplete = setTimeout(() => connections.closeIncomplete(), Math.min(ARRIVES, grace / 2));
      const cut = setTimeout(() => server.closeAllConnections(), grace);
      await closed;
      clearInterval(idle);
      clearTimeout(incomplete);
      clearTimeout(cut);
    },
  };
}
