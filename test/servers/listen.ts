import type { Server } from "node:net";

/** Lets a server listen on a port of loopback, 0 for a free one. Returns its URL, without a slash at its end; throws where the port is in use. */
export async function listenOnLoopback(server: Server, port = 0): Promise<string> {
  await new Promise<void>((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
  return `http://127.0.0.1:${address.port}`;
}

/** Stops an HTTP server and ends every connection that is open. */
export function closeServer(server: Server & { readonly closeAllConnections: () => void }): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
