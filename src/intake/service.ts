import { createServer, type RequestListener } from "node:http";

export interface Service {
  /** Where it listens, `http://host:port`. */
  readonly url: string;
  /** Takes no new connection, lets requests under way finish for at most `grace` milliseconds, then cuts them. */
  stop(grace: number): Promise<void>;
}

/** Listens. Throws what the socket throws: EADDRINUSE, EACCES. A slow sender is cut off after 30 seconds. */
export async function startService(
  listener: RequestListener,
  where: { readonly host: string; readonly port: number },
): Promise<Service> {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 },
    listener,
  );
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
