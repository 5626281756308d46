import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { PERSON_ENV } from "../support/git/repository.ts";
import { closeServer, listenOnLoopback } from "./listen.ts";

/** A folder of bare repositories behind `git http-backend`. */
export interface HttpRemote {
  /** Without a slash at its end. */
  readonly url: string;
  /** The Authorization header of each request so far. */
  readonly authorizations: (string | undefined)[];
  /** Called at each request before it is answered; answers it itself where it returns true. */
  before: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  close(): Promise<void>;
}

/** Serves the repositories below `root`; where a token is given, only to clients that send it in the way GitHub accepts. */
export async function serveGit(root: string, token?: string): Promise<HttpRemote> {
  const wanted = token === undefined ? undefined : `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const authorizations: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    authorizations.push(request.headers.authorization);
    if (await remote.before(request, response)) return;
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="Git"' }).end("no\n");
      return;
    }
    answer(root, request, response);
  });
  const url = await listenOnLoopback(server);
  const remote: HttpRemote = {
    url,
    authorizations,
    before: async () => false,
    close: () => closeServer(server),
  };
  return remote;
}

/** One CGI exchange, RFC 3875. */
function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://x");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...PERSON_ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  child.stdin.on("error", () => {});
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => {
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf("\r\n\r\n");
    const headers = whole
      .toString("latin1", 0, end)
      .split("\r\n")
      .map((line) => line.split(": "));
    const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
    for (const [name = "", value = ""] of headers) if (name !== "Status") response.setHeader(name, value);
    response.writeHead(Number.parseInt(status, 10)).end(whole.subarray(end + 4));
  });
}
