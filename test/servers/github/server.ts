import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeServer, listenOnLoopback } from "../listen.ts";
import { answerRegistration, isRegistrationPage } from "./apps/registration-page.ts";
import { answerWithFault, fieldFaultOf, wrongAnswer } from "./faults/answer-with-fault.ts";
import { type Asked, type Fault, takeFault } from "./faults/faults.ts";
import { randomFrom } from "./faults/random.ts";
import { isGitRequest, serveGit } from "./git/git-http.ts";
import { answerGraphQL, weighGraphQL } from "./graphql/http.ts";
import { createLimiter, type Limiter, type Limits, NO_LIMITS, type Weighing } from "./limits.ts";
import type { Caller, World, WorldEvent } from "./model/model.ts";
import { Refusal } from "./model/refusal.ts";
import { beginRequest, FRESH } from "./model/replica.ts";
import { signIn, tokenIn } from "./model/sign-in.ts";
import { createWorld } from "./model/world.ts";
import { type Answer, errorAnswer, limitAnswer, send } from "./reply.ts";
import { answerRest } from "./rest/rest.ts";
import { answerTest } from "./test-api.ts";
import { createWebhooks, type Webhooks } from "./webhooks/webhooks.ts";

export interface RequestRecord {
  readonly method: string;
  /** Path without `/api/v3`, such as `/graphql` or `/repos/acme/fleet`. */
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
  status: number;
  /** What went wrong with it. */
  fault?: string | undefined;
}

export interface TestGitHub {
  readonly url: string;
  /** REST as on github.com; GitHub Enterprise's `/api/v3` and `/api/graphql` answer as well. */
  readonly world: World;
  readonly root: string;
  readonly limiter: Limiter;
  readonly faults: Fault[];
  /** The source of randomness. */
  random: () => number;
  /** Runs before an API request is answered, to change something at that moment. */
  before: ((record: RequestRecord) => Promise<void>) | undefined;
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
  /** The seed of the randomness; left out, 1. */
  readonly seed?: number;
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
  const url = await listenOnLoopback(server, options.port);
  const events: { emit: (event: WorldEvent) => void } = { emit: () => {} };
  const world = createWorld(
    url,
    options.webhookSecret ?? "a webhook secret",
    options.slug ?? "raos-test",
    now,
    (event) => events.emit(event),
  );
  const webhooks = createWebhooks(world, options.hookUrl, () => github.random());
  events.emit = webhooks.emit;
  const github: TestGitHub = {
    url,
    world,
    root,
    limiter: createLimiter(now, options.limits ?? NO_LIMITS),
    faults: [],
    random: randomFrom(options.seed ?? 1),
    before: undefined,
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
  await closeServer(server);
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
  if (isGitRequest(url.pathname)) return serveGit(github, request, response, url);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  if (url.pathname.startsWith("/_test/"))
    return send(response, await answerTest(github, request.method ?? "GET", url, body));
  if (isRegistrationPage(url.pathname)) {
    answerRegistration(github.world, request, response, url, body);
    return;
  }
  const path = url.pathname === "/api/graphql" ? "/graphql" : url.pathname.replace(/^\/api\/v3(?=\/|$)/, "") || "/";
  const record: RequestRecord = { method: request.method ?? "GET", path, body, headers: request.headers, status: 0 };
  github.requests.push(record);
  await github.before?.(record);
  const fault = takeFault(github.faults, askedBy(record), github.random);
  record.fault = fault?.kind;
  if (github.faults.some(({ kind }) => kind === "stale")) github.world.history.depth = DEPTH;
  beginRequest(github.world);
  const replaced = fault === undefined ? undefined : wrongAnswer(fault, path === "/graphql", github.world.now());
  const isInside = replaced === undefined && fieldFaultOf(fault, () => 0) !== undefined;
  const hasEffect = fault === undefined || fault.effect || isInside;
  const answer = hasEffect ? await answerApi(github, checkAnswers, record, url, fault) : undefined;
  const sent = replaced ?? answer;
  record.status = sent?.status ?? 0;
  if (fault !== undefined) return answerWithFault(response, fault, sent);
  if (sent !== undefined) send(response, sent);
}

/** Requests that lists can lag behind. */
const DEPTH = 64;

function askedBy({ method, path, body }: RequestRecord): Asked {
  const isGraphQL = path === "/graphql";
  const isWrite = isGraphQL ? weighGraphQL(body).isWrite : method !== "GET" && method !== "HEAD";
  return { channel: isGraphQL ? "graphql" : "rest", route: `${method} ${path}`, body, isWrite };
}

async function answerApi(
  github: TestGitHub,
  checkAnswers: boolean,
  record: RequestRecord,
  url: URL,
  fault: Fault | undefined,
): Promise<Answer> {
  if (fault?.kind === "expired-token") github.world.tokens.delete(tokenIn(record.headers.authorization));
  let caller: Caller;
  try {
    caller = signIn(github.world, record.headers.authorization);
  } catch (error) {
    if (error instanceof Refusal) return errorAnswer(error);
    throw error;
  }
  const view =
    fault === undefined
      ? FRESH
      : { lists: fault.kind === "stale" ? fault.requests : 0, refs: fault.kind === "stale-refs" ? fault.requests : 0 };
  const asking = { world: github.world, caller, view };
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
      ? await answerGraphQL(github, asking, record, fieldFaultOf(fault, github.random))
      : await answerRest(github, asking, record, url, checkAnswers);
  } finally {
    ruling.done();
  }
}
