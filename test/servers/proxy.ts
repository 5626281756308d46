import { createServer, request as sendRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";
import type { Authority } from "./certificates.ts";
import { closeServer, listenOnLoopback } from "./listen.ts";

/** An HTTP proxy on loopback that knows where each host is, whatever DNS says. */
export interface TestProxy {
  /** With the user and the password that it wants, where it wants them. */
  readonly url: string;
  /** What it was asked for: `host:port` of a tunnel, or the URL of a request. */
  readonly asked: readonly string[];
}

/** Starts a proxy that ends with the test. `ports` gives the port on loopback of each host. */
export async function startProxy(
  ports: Readonly<Record<string, number>>,
  signIn?: { readonly user: string; readonly password: string },
): Promise<TestProxy> {
  const asked: string[] = [];
  const wanted = signIn && `Basic ${Buffer.from(`${signIn.user}:${signIn.password}`).toString("base64")}`;
  const refusal = { "proxy-authenticate": 'Basic realm="proxy"', connection: "close" };
  const server = createServer((request, response) => {
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted)
      return void response.writeHead(407, refusal).end();
    const url = new URL(request.url ?? "");
    asked.push(url.href);
    const { method, headers } = request;
    const port = ports[url.hostname];
    if (port === undefined) return void response.writeHead(502).end();
    const path = `${url.pathname}${url.search}`;
    const onward = sendRequest({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  const tunnels = new Set<Socket>();
  server.on("connect", (request, socket: Socket) => {
    tunnels.add(socket);
    socket.on("error", () => {});
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted)
      return void socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
    asked.push(request.url ?? "");
    const port = ports[(request.url ?? "").split(":")[0] ?? ""];
    if (port === undefined) return void socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const target = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("close", () => target.destroy());
  });
  const url = new URL(await listenOnLoopback(server));
  onTestFinished(() => {
    for (const socket of tunnels) socket.destroy();
    return closeServer(server);
  });
  if (signIn !== undefined) [url.username, url.password] = [signIn.user, signIn.password];
  return { url: url.href.replace(/\/$/, ""), asked };
}

/** A TLS server for a host, which passes everything on to a server without TLS; it ends with the test. Returns its port. */
export async function startTlsFront(authority: Authority, host: string, to: string): Promise<number> {
  const open = new Set<{ destroy(): void }>();
  const server = createTlsServer(authority.issue(host, [host]), (socket) => {
    const target = connect(Number(new URL(to).port), "127.0.0.1");
    for (const one of [socket, target]) {
      open.add(one);
      one.on("error", () => {});
    }
    socket.pipe(target).pipe(socket);
  });
  const url = await listenOnLoopback(server);
  onTestFinished(() => {
    for (const one of open) one.destroy();
    server.close();
  });
  return Number(new URL(url).port);
}
