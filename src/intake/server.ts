import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { pino } from "pino";
import { createNodeMiddleware, createProbot } from "probot";
import type { Registry } from "prom-client";
import type { Enqueued, Trigger } from "../domain/trigger.ts";
import { ALERTS_PATH, type AlertIntake, takeAlerts } from "./alerts.ts";
import { type Body, LARGEST_BODY, readBody } from "./body.ts";
import { type BodyBudget, createBodyBudget } from "./body-budget.ts";
import { onGitHubEvents } from "./github-events.ts";
import { createIntakeMetrics, type IntakeMetrics, watchBodies } from "./metrics.ts";
import { signatureCheck } from "./signature.ts";

export const WEBHOOK_PATH = "/api/github/webhooks";

export interface IntakeOptions {
  /** Secret of the webhook, the one thing that tells GitHub's deliveries from anybody's. Must not be empty. */
  readonly secret: string;
  /** Who the process is on GitHub; undefined: a repository that is reconciled with a token, or no GitHub at all. */
  readonly app: { readonly appId: number; readonly privateKey: string } | undefined;
  readonly enqueue: (trigger: Trigger) => Enqueued;
  /** Undefined: alerts are not taken, and their route is 404. */
  readonly alerts?: AlertIntake | undefined;
  readonly metrics: Registry;
  /** Undefined: ready. Else why not, for `/readyz`. */
  readonly notReady: () => string | undefined;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** Bytes a webhook may have; left out, GitHub's own 25 MB. */
  readonly largestBody?: number;
  /** Bytes of all bodies under way; left out, 64 MB. */
  readonly bodyBudget?: number;
  /** Milliseconds a body may take at any pace; left out, 5,000. */
  readonly patienceMs?: number;
}

/** Bytes of all bodies under way: two of the largest, and room for the small ones. */
const BODY_BUDGET = 64 * 1024 * 1024;

/**
 * The service's HTTP: `POST /api/github/webhooks`, `POST /api/alerts`, `GET /healthz`, `/readyz`, `/metrics`; 404 for the rest. A delivery is
 * answered as soon as its trigger is queued: 200; 400 unsigned or wrongly signed, 408 too slow, 413 too large, 503 no room.
 * Throws RangeError where the secret is empty: Probot would take a well-known one instead.
 */
export async function createIntake(options: IntakeOptions): Promise<RequestListener> {
  if (options.secret.trim() === "")
    throw new RangeError("the webhook secret is not set; set WEBHOOK_SECRET to the secret of the GitHub App");
  const metrics = createIntakeMetrics(options.metrics);
  const identity =
    options.app === undefined
      ? { githubToken: "unused" }
      : { appId: options.app.appId, privateKey: options.app.privateKey };
  // Its own log would hold whole payloads; what matters is counted and logged here.
  const probot = createProbot({
    env: {},
    overrides: { ...identity, secret: options.secret, log: pino({ level: "silent" }) },
  });
  const middleware = await createNodeMiddleware(
    (app) => onGitHubEvents(app, (event, trigger) => ring(options, metrics, event, trigger)),
    { probot, webhooksPath: WEBHOOK_PATH },
  );
  const budget = createBodyBudget(options.bodyBudget ?? BODY_BUDGET);
  watchBodies(options.metrics, () => budget.used());
  const webhook = webhookRoute(options, middleware, metrics, budget);
  return (request, response) => {
    const path = pathOf(request);
    const started = process.hrtime.bigint();
    response.on("finish", () => {
      const known = ROUTES.has(path) ? path : "other";
      metrics.requests.observe(
        { path: known, status: String(response.statusCode) },
        Number(process.hrtime.bigint() - started) / 1e9,
      );
    });
    answer(options, path, { webhook, metrics, budget }, request, response).catch((error: unknown) => {
      options.warn({ path, error: error instanceof Error ? error.message : "unknown" }, "request failed");
      reply(response, 500, "internal error\n");
    });
  };
}

const ROUTES: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics", WEBHOOK_PATH, ALERTS_PATH]);

interface Inside {
  readonly webhook: Route;
  readonly metrics: IntakeMetrics;
  readonly budget: BodyBudget;
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function answer(
  options: IntakeOptions,
  path: string,
  { webhook, metrics, budget }: Inside,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (path === WEBHOOK_PATH && request.method === "POST") return webhook(request, response);
  if (path === ALERTS_PATH && options.alerts !== undefined && request.method === "POST") {
    const { status, text, result } = await takeAlerts(request, options.alerts, budget);
    metrics.alerts.inc({ result });
    if (status === 503) response.setHeader("retry-after", "5");
    // What a stranger sends, or sends too much of, is not read to its end.
    return request.complete ? reply(response, status, text) : refuse(response, status, text);
  }
  if (!ROUTES.has(path) || (path === ALERTS_PATH && options.alerts === undefined))
    return reply(response, 404, "not found\n");
  if (request.method !== "GET" && request.method !== "HEAD") return reply(response, 405, "method not allowed\n");
  switch (path) {
    case "/healthz":
      return reply(response, 200, "ok\n");
    case "/readyz": {
      const reason = options.notReady();
      return reason === undefined ? reply(response, 200, "ready\n") : reply(response, 503, `${reason}\n`);
    }
    case "/metrics":
      return reply(response, 200, await options.metrics.metrics(), options.metrics.contentType);
    default:
      return reply(response, 405, "method not allowed\n");
  }
}

function webhookRoute(
  options: IntakeOptions,
  middleware: (request: IncomingMessage, response: ServerResponse) => unknown,
  metrics: IntakeMetrics,
  budget: BodyBudget,
): Route {
  const { largestBody: limit = LARGEST_BODY, patienceMs, secret } = options;
  return async (request, response) => {
    response.on("finish", () => {
      const result = RESULTS[response.statusCode] ?? "refused";
      if (response.statusCode >= 400) metrics.webhooks.inc({ event: "unknown", result });
    });
    const check = signatureCheck(request.headers["x-hub-signature-256"], secret);
    if (check === undefined) return refuse(response, 400, "the delivery is not signed with SHA-256\n");
    const seen = (part: Buffer): void => check.update(part);
    const body = await readBody(request, { limit, budget, seen, ...(patienceMs === undefined ? {} : { patienceMs }) });
    if (body.kind !== "body") {
      const { status, text } = UNREAD[body.kind];
      return refuse(response, status, text);
    }
    response.on("close", body.release);
    if (!check.isRight()) return refuse(response, 400, "the signature is not that of the body\n");
    const text = body.bytes.toString("utf8");
    // Every event is an object; anything else, though signed, would be a fault inside Probot.
    if (!/^\s{0,64}\{/.test(text)) return refuse(response, 400, "the body is no JSON object\n");
    await middleware(Object.assign(request, { body: text }), response);
  };
}

const RESULTS: Readonly<Record<number, string>> = { 408: "slow", 503: "no-room" };

const UNREAD: Readonly<Record<Exclude<Body["kind"], "body">, { readonly status: number; readonly text: string }>> = {
  "too-large": { status: 413, text: "payload too large\n" },
  broken: { status: 400, text: "the body ended early\n" },
  slow: { status: 408, text: "the body came too slowly\n" },
  "no-room": { status: 503, text: "too much at once; try again\n" },
};

function ring(
  options: IntakeOptions,
  metrics: IntakeMetrics,
  event: string,
  trigger: Trigger | undefined,
): Enqueued | undefined {
  if (trigger === undefined) {
    metrics.webhooks.inc({ event, result: "ignored" });
    return undefined;
  }
  const outcome = options.enqueue(trigger);
  metrics.webhooks.inc({ event, result: outcome });
  metrics.triggers.inc({ kind: trigger.kind, outcome });
  if (outcome === "full") options.warn({ repo: trigger.repo, kind: trigger.kind }, "no room in the queue");
  return outcome;
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  return path.length > 1 ? path.replace(/\/$/, "") : path;
}

function reply(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  if (response.headersSent) return;
  response
    .writeHead(status, {
      "content-type": type,
      "content-length": Buffer.byteLength(text),
      "x-content-type-options": "nosniff",
    })
    .end(text);
}

/** Says no before the body was read to its end: the connection cannot be used again. */
function refuse(response: ServerResponse, status: number, text: string): void {
  response.setHeader("connection", "close");
  reply(response, status, text);
}
