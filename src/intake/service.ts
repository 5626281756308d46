import { createServer, type RequestListener } from "node:http";
import { limitConnections } from "./connections.ts";

export interface Service {
  /** Where it listens, `http://host:port`. */
  readonly url: string;
  /** Takes no new connection, lets requests under way finish for at most `grace` milliseconds, then cuts them. */
  stop(grace: number): Promise<void>;
}

export interface Where {
  readonly host: string;
  readonly port: number;
  /** Connections at a time; left out, 512. */
  readonly connections?: number;
}

const CONNECTIONS = 512;

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
  limitConnections(server, where.connections ?? CONNECTIONS);
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
      const cut = setTimeout(() => server.closeAllConnections(), grace);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}
