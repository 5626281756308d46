import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { pino } from "pino";
import { createNodeMiddleware, createProbot } from "probot";
import type { Registry } from "prom-client";
import { WEBHOOK_PATH } from "../domain/github/app-manifest.ts";
import type { Enqueued, Trigger } from "../domain/trigger.ts";
import type { Warn } from "../domain/warn.ts";
import { ALERTS_PATH, type AlertReceiver, type AlertReply, receiveAlerts } from "./alerts.ts";
import { type ApiDoor, passDoor } from "./api/door.ts";
import { type BodyBudget, createBodyBudget } from "./body-budget.ts";
import { registerGitHubEvents } from "./github/github-events.ts";
import { createHttpMetrics, type HttpMetrics, watchBodies } from "./metrics.ts";
import { refuse, reply } from "./reply.ts";
import { ROLLOUTS_PATH, type RolloutReceiver, type RolloutReply, receiveRollout } from "./rollouts/receive-rollout.ts";
import { createWebhookRoute, type RequestHandler, type WebhookOptions } from "./webhook-route.ts";

export interface HttpOptions extends WebhookOptions {
  /** Secret of the webhook; only GitHub and this process know it. Must not be empty. */
  readonly secret: string;
  /** The GitHub App; undefined: a token is used, or no GitHub at all. */
  readonly app: { readonly appId: number; readonly privateKey: string } | undefined;
  readonly enqueue: (trigger: Trigger) => Enqueued;
  /** Undefined: alerts are not accepted, and their route answers 404. */
  readonly alerts?: AlertReceiver | undefined;
  /** Undefined: events of roll-outs are not accepted, and their route answers 404. */
  readonly rollouts?: RolloutReceiver | undefined;
  /** APIs for programs, such as MCP; left out: their paths answer 404. */
  readonly doors?: readonly ApiDoor[];
  readonly metrics: Registry;
  /** Why the process is not ready, for `/readyz`; undefined: it is ready. */
  readonly notReady: () => string | undefined;
  readonly warn: Warn;
  /** Most bytes of all open bodies; left out, 64 MB. */
  readonly bodyBudget?: number;
}

/** Most bytes of all open bodies: two of the largest, and room for small ones. */
const BODY_BUDGET = 64 * 1024 * 1024;

/**
 * The service's HTTP: `POST /api/github/webhooks`, `POST /api/alerts`, `POST /api/rollouts`,
 * `GET /healthz`, `/readyz`, `/metrics`, and the paths of the APIs; 404 for the rest. A delivery is answered 200 as soon as its trigger is queued; 400 where its signature
 * is missing or wrong, 408 too slow, 413 too large, 503 no room. Throws RangeError where the secret is empty, since Probot
 * would use a well-known default.
 */
export async function createHttpListener(options: HttpOptions): Promise<RequestListener> {
  if (options.secret.trim() === "")
    throw new RangeError("the webhook secret is not set; set WEBHOOK_SECRET to the secret of the GitHub App");
  const metrics = createHttpMetrics(options.metrics);
  const identity =
    options.app === undefined
      ? { githubToken: "unused" }
      : { appId: options.app.appId, privateKey: options.app.privateKey };
  // Probot's own log would contain whole payloads; this module counts and logs what matters.
  const probot = createProbot({
    env: {},
    overrides: { ...identity, secret: options.secret, log: pino({ level: "silent" }) },
  });
  const middleware = await createNodeMiddleware(
    (app) => registerGitHubEvents(app, (event, trigger) => enqueueEvent(options, metrics, event, trigger)),
    { probot, webhooksPath: WEBHOOK_PATH },
  );
  const budget = createBodyBudget(options.bodyBudget ?? BODY_BUDGET);
  watchBodies(options.metrics, () => budget.used());
  const webhook = createWebhookRoute(options, middleware, metrics, budget);
  return (request, response) => {
    const path = pathOf(request);
    const started = process.hrtime.bigint();
    const door = options.doors?.find((one) => one.serves(path));
    response.on("finish", () => {
      const known = ROUTES.has(path) ? path : (door?.name ?? "other");
      metrics.requests.observe(
        { path: known, status: String(response.statusCode) },
        Number(process.hrtime.bigint() - started) / 1e9,
      );
    });
    const work =
      door === undefined
        ? answer(options, path, { webhook, metrics, budget }, request, response)
        : passDoor(door, request, response, budget);
    work.catch((error: unknown) => {
      options.warn({ path, error: error instanceof Error ? error.message : "unknown" }, "request failed");
      reply(response, 500, "internal error\n");
    });
  };
}

const ROUTES: ReadonlySet<string> = new Set([
  "/healthz",
  "/readyz",
  "/metrics",
  WEBHOOK_PATH,
  ALERTS_PATH,
  ROLLOUTS_PATH,
]);

interface RouteContext {
  readonly webhook: RequestHandler;
  readonly metrics: HttpMetrics;
  readonly budget: BodyBudget;
}

async function answer(
  options: HttpOptions,
  path: string,
  { webhook, metrics, budget }: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (path === WEBHOOK_PATH && request.method === "POST") return webhook(request, response);
  const isPost = request.method === "POST";
  const { alerts, rollouts } = options;
  if (path === ALERTS_PATH && alerts !== undefined && isPost) {
    const answered = await receiveAlerts(request, alerts, budget);
    metrics.alerts.inc({ result: answered.result });
    return answerDelivery(answered, request, response);
  }
  if (path === ROLLOUTS_PATH && rollouts !== undefined && isPost) {
    const answered = await receiveRollout(request, rollouts, budget);
    metrics.rollouts.inc({ result: answered.result });
    return answerDelivery(answered, request, response);
  }
  const isOff = (path === ALERTS_PATH && alerts === undefined) || (path === ROLLOUTS_PATH && rollouts === undefined);
  if (!ROUTES.has(path) || isOff) return reply(response, 404, "not found\n");
  const page = request.method === "GET" || request.method === "HEAD" ? PAGES[path] : undefined;
  if (page === undefined) return reply(response, 405, "method not allowed\n");
  const { status, text, type } = await page(options);
  return reply(response, status, text, type);
}

/** The answer to a GET. */
interface Page {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

const PAGES: Readonly<Record<string, (options: HttpOptions) => Page | Promise<Page>>> = {
  "/healthz": () => ({ status: 200, text: "ok\n" }),
  "/readyz": ({ notReady }) => {
    const reason = notReady();
    return reason === undefined ? { status: 200, text: "ready\n" } : { status: 503, text: `${reason}\n` };
  },
  "/metrics": async ({ metrics }) => ({ status: 200, text: await metrics.metrics(), type: metrics.contentType }),
};

function answerDelivery(
  { status, text }: AlertReply | RolloutReply,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (status === 503) response.setHeader("retry-after", "5");
  // A body that is too large, or comes from an unknown sender, is not read to its end.
  if (request.complete) reply(response, status, text);
  else refuse(response, status, text);
}

function enqueueEvent(
  options: HttpOptions,
  metrics: HttpMetrics,
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
