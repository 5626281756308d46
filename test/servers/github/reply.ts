import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Ruling } from "./limits.ts";
import type { Caller } from "./model/model.ts";
import type { Refusal, RefusalType } from "./model/refusal.ts";

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Spent {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly reset: number;
}

const STATUS: Readonly<Record<RefusalType, number>> = {
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  UNPROCESSABLE: 422,
  STALE_DATA: 422,
  CONFLICT: 409,
  UNAUTHORIZED: 401,
  BAD_REQUEST: 400,
};
const DOCS = "https://docs.github.com/rest";

/** A refusal as REST words it. */
export function errorAnswer(refusal: Refusal): Answer {
  const message = refusal.errors.length > 0 ? "Validation Failed" : refusal.message;
  const status = STATUS[refusal.type];
  return {
    status,
    headers: {},
    body: {
      message,
      ...(refusal.errors.length > 0 ? { errors: refusal.errors } : {}),
      documentation_url: DOCS,
      status: String(status),
    },
  };
}

export function limitHeaders(spent: Spent, resource: string): Readonly<Record<string, string>> {
  return {
    "x-ratelimit-limit": String(spent.limit),
    "x-ratelimit-remaining": String(spent.remaining),
    "x-ratelimit-used": String(spent.used),
    "x-ratelimit-reset": String(spent.reset),
    "x-ratelimit-resource": resource,
  };
}

/** How GitHub says that a limit is exceeded: 403, but for GraphQL's primary limit, which is an error with status 200. */
export function limitAnswer(
  ruling: Exclude<Ruling, { readonly kind: "pass" }>,
  caller: Caller,
  isGraphQL: boolean,
  spent: Spent,
): Answer {
  const headers = limitHeaders(spent, isGraphQL ? "graphql" : "core");
  if (ruling.kind === "secondary") {
    return {
      status: 403,
      headers: { ...headers, "retry-after": String(ruling.retryAfter) },
      body: {
        message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        documentation_url:
          "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
      },
    };
  }
  const whose =
    caller.kind === "installation"
      ? `installation ID ${caller.installation.id}`
      : caller.kind === "user"
        ? `user ID ${caller.user.id}`
        : "this address";
  const message = `API rate limit exceeded for ${whose}.`;
  if (isGraphQL)
    return { status: 200, headers, body: { errors: [{ type: "RATE_LIMITED", code: "graphql_rate_limit", message }] } };
  return {
    status: 403,
    headers,
    body: { message, documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api" },
  };
}

/** The weak entity tag of a body, as GitHub's JSON answers carry. */
export function entityTag(body: unknown): string {
  return `W/"${createHash("sha256").update(JSON.stringify(body)).digest("hex")}"`;
}

export function send(response: ServerResponse, answer: Answer): void {
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
  const type =
    text === ""
      ? {}
      : { "content-type": "application/json; charset=utf-8", "content-length": String(Buffer.byteLength(text)) };
  response
    .writeHead(answer.status, { "x-github-media-type": "github.v3; format=json", ...type, ...answer.headers })
    .end(text);
}
