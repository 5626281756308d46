import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, takeFault } from "./faults.ts";
import { isGitRequest, serveGit } from "./git-http.ts";
import { answerGraphQL, weighGraphQL } from "./graphql-http.ts";
import { createLimiter, type Limiter, type Limits, NO_LIMITS, type Weighing } from "./limits.ts";
import type { Caller, World, WorldEvent } from "./model.ts";
import { Refusal } from "./refusal.ts";
import { type Answer, errorAnswer, limitAnswer, send } from "./reply.ts";
import { answerRest } from "./rest.ts";
import { signIn } from "./sign-in.ts";
import { answerTest } from "./test-api.ts";
import { createWebhooks, type Webhooks } from "./webhooks.ts";
import { createWorld } from "./world.ts";

export interface RequestRecord {
  readonly method: string;
  /** Path without `/api/v3`, such as `/graphql` or `/repos/acme/fleet`. */
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
  status: number;
}

export interface TestGitHub {
  readonly url: string;
  /** REST as on github.com; GitHub Enterprise's `/api/v3` and `/api/graphql` answer as well. */
  readonly world: World;
  readonly root: string;
  readonly limiter: Limiter;
  readonly faults: Fault[];
  readonly webhooks: Webhooks;
  /** API requests since the start or the last `splice`, Git's left out. */
  readonly requests: RequestRecord[];
  close(): Promise<void>;
}

export interface GitHubOptions {
  readonly port?: number;
  readonly root?: string;
  readonly limits?: Limits;
  readonly webhookSecret?: string;
  readonly slug?: string;
  readonly now?: () => number;
  /** Where events are posted; undefined: they are kept and not sent. */
  readonly hookUrl?: string;
  /** Whether every REST answer is checked against GitHub's OpenAPI (a violation answers 599, so that tests fail). */
  readonly checkAnswers?: boolean;
}

/** Starts a GitHub on loopback. */
export async function startGitHub(options: GitHubOptions = {}): Promise<TestGitHub> {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), "test-github-")));
  const now = options.now ?? Date.now;
  const server = createServer();
  server.listen(options.port ?? 0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : options.port}`;
  const events: { emit: (event: WorldEvent) => void } = { emit: () => {} };
  const world = createWorld(
    url,
    options.webhookSecret ?? "a webhook secret",
    options.slug ?? "raos-test",
    now,
    (event) => events.emit(event),
  );
  const webhooks = createWebhooks(world, options.hookUrl);
  events.emit = webhooks.emit;
  const github: TestGitHub = {
    url,
    world,
    root,
    limiter: createLimiter(now, options.limits ?? NO_LIMITS),
    faults: [],
    webhooks,
    requests: [],
    close: () => stop(server, github, options.root === undefined),
  };
  server.on("request", (request, response) => {
    serve(github, options.checkAnswers ?? false, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return github;
}

async function stop(server: Server, github: TestGitHub, remove: boolean): Promise<void> {
  await github.webhooks.settled();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  for (const repository of github.world.repositories.values()) repository.git.close();
  if (remove) await rm(github.root, { recursive: true, force: true, maxRetries: 3 });
}

async function serve(
  github: TestGitHub,
  checkAnswers: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", github.url);
  if (isGitRequest(url.pathname)) return serveGit(github.world, request, response, url);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (url.pathname.startsWith("/_test/"))
    return send(response, await answerTest(github, request.method ?? "GET", url, body));
  const path = url.pathname === "/api/graphql" ? "/graphql" : url.pathname.replace(/^\/api\/v3(?=\/|$)/, "") || "/";
  const record: RequestRecord = { method: request.method ?? "GET", path, body, headers: request.headers, status: 0 };
  github.requests.push(record);
  const fault = takeFault(github.faults, `${record.method} ${path}`, body);
  const answer = fault === undefined || fault.effect ? await answerApi(github, checkAnswers, record, url) : undefined;
  record.status = answer?.status ?? 0;
  if (fault !== undefined) return misbehave(response, fault, answer);
  if (answer !== undefined) send(response, answer);
}

async function answerApi(github: TestGitHub, checkAnswers: boolean, record: RequestRecord, url: URL): Promise<Answer> {
  let caller: Caller;
  try {
    caller = signIn(github.world, record.headers.authorization);
  } catch (error) {
    if (error instanceof Refusal) return errorAnswer(error);
    throw error;
  }
  const isGraphQL = record.path === "/graphql";
  const isWrite = record.method !== "GET" && record.method !== "HEAD";
  const weighing: Weighing = isGraphQL
    ? weighGraphQL(record.body)
    : { resource: "core", isWrite, contents: isWrite && caller.kind !== "app" ? 1 : 0 };
  const ruling = github.limiter.admit(caller, weighing);
  if (ruling.kind !== "pass")
    return limitAnswer(ruling, caller, isGraphQL, github.limiter.spend(caller, weighing.resource, 0));
  try {
    return isGraphQL
      ? await answerGraphQL(github, caller, record)
      : await answerRest(github, caller, record, url, checkAnswers);
  } finally {
    ruling.done();
  }
}

function misbehave(response: ServerResponse, fault: Fault, answer: Answer | undefined): void {
  switch (fault.kind) {
    case "status":
      response
        .writeHead(fault.status, { "content-type": "text/html" })
        .end("<html><title>Unicorn! &middot; GitHub</title></html>");
      return;
    case "reset":
      response.destroy();
      return;
    case "hang":
      return;
    case "truncate": {
      const text = JSON.stringify(answer?.body ?? {});
      response.writeHead(answer?.status ?? 200, {
        "content-type": "application/json; charset=utf-8",
        "content-length": String(Buffer.byteLength(text)),
      });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
      return;
    }
    case "slow":
      setTimeout(() => answer !== undefined && send(response, answer), fault.milliseconds);
      return;
    default:
      throw new Error(`no such fault: ${fault.kind satisfies never}`);
  }
}
