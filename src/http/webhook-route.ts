import type { IncomingMessage, ServerResponse } from "node:http";
import { type Body, LARGEST_BODY, readBody } from "./body.ts";
import type { BodyBudget } from "./body-budget.ts";
import { signatureCheck } from "./github/signature.ts";
import type { HttpMetrics } from "./metrics.ts";
import { refuse } from "./reply.ts";

/** Answers a request. Throws where it fails in an unexpected way. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface WebhookOptions {
  readonly secret: string;
  /** Most bytes of a webhook; left out, GitHub's own limit of 25 MB. */
  readonly largestBody?: number;
  /** Milliseconds before a body needs a minimum speed; left out, 5,000. */
  readonly patienceMs?: number;
}

/** Creates the route of GitHub's webhooks: it checks the signature while it reads the body, then calls `middleware`. */
export function createWebhookRoute(
  options: WebhookOptions,
  middleware: (request: IncomingMessage, response: ServerResponse) => unknown,
  metrics: HttpMetrics,
  budget: BodyBudget,
): RequestHandler {
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
    // Every event is a JSON object; anything else, also signed, would be an error inside Probot.
    if (!/^\s{0,64}\{/.test(text)) return refuse(response, 400, "the body is not a JSON object\n");
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
