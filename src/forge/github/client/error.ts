import { RequestError } from "@octokit/request-error";
import * as z from "zod";
import { connectionFailure } from "../../../domain/network/connection-failure.ts";
import { redactSecrets } from "../../../redaction/redact-secrets.ts";
import { ForgeError, type ForgeErrorCode } from "../../forge.ts";

/** One of the `errors` of a GraphQL answer. */
export const GraphQLFault = z.object({
  message: z.string(),
  type: z.string().optional(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
});
export type GraphQLFault = z.infer<typeof GraphQLFault>;

/** Whether GitHub may have carried out the write although it failed here: a server error, or a broken connection. */
export function isLost(error: unknown): boolean {
  return error instanceof RequestError
    ? error.status >= 500
    : error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}

/** Whether the same read may succeed later. */
export function isTemporary(error: unknown): boolean {
  return error instanceof ForgeError && (error.code === "unavailable" || error.code === "rate-limited");
}

/** A refused or failed request, as the forge's error. Neither message nor cause holds a credential. */
export function toForgeError(error: unknown, doing: string): ForgeError {
  if (error instanceof ForgeError) return error;
  // The throttling plugin throws this for a GraphQL answer with a rate-limit fault.
  if (error instanceof Error && error.message === "GraphQL Rate Limit Exceeded") {
    return new ForgeError("rate-limited", `${doing}: GitHub's rate limit is used up`);
  }
  if (!(error instanceof RequestError))
    return new ForgeError("unavailable", `${doing}: ${connectionFailure(error) ?? textOf(error)}`);
  // Octokit says 500 where there is no answer at all.
  if (error.response === undefined && error.status >= 500)
    return new ForgeError("unavailable", `${doing}: ${unreachable(error)}`);
  return new ForgeError(codeOf(error), `${doing}: GitHub answered ${error.status}: ${safeMessage(error.message)}`);
}

function unreachable(error: RequestError): string {
  const { url } = error.request;
  const host = URL.canParse(url) ? new URL(url).host : "GitHub";
  return `${host} cannot be reached: ${connectionFailure(error) ?? textOf(error)}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? safeMessage(error.message) : "failed";
}

/** What GitHub says where a ruleset or a protected branch forbids a write. */
const RULE =
  /rule violations? found|protected (branch|ref)|approving reviews? (is|are) required|required status check|merge queue|verified signatures|made through a pull request|creations being restricted/i;

/** The code for a refused request. */
export function codeOf(error: RequestError): ForgeErrorCode {
  const headers = error.response?.headers ?? {};
  switch (error.status) {
    case 401:
      return "unauthorized";
    case 403:
    case 429:
      return error.status === 429 ||
        headers["x-ratelimit-remaining"] === "0" ||
        headers["retry-after"] !== undefined ||
        /rate limit/i.test(error.message)
        ? "rate-limited"
        : "forbidden";
    case 404:
    case 410:
      return "not-found";
    case 409:
      return "conflict";
    default:
      return error.status >= 500 ? "unavailable" : RULE.test(error.message) ? "protected" : "invalid";
  }
}

/** A GraphQL fault, as the forge's error. */
export function toForgeErrorOf(fault: GraphQLFault, doing: string): ForgeError {
  return new ForgeError(codeOfFault(fault), `${doing}: ${safeMessage(fault.message)}`);
}

/** GitHub's sentence for a failure of its own: it has no type, and what was asked may have happened. */
const WENT_WRONG = /^something went wrong while executing your query/i;

/** Faults that GitHub gives no type of their own, by their words. */
const WORDS: readonly (readonly [ForgeErrorCode, RegExp])[] = [
  ["stale", /head branch was modified|expected .{1,300} to point to/i],
  ["protected", RULE],
  ["conflict", /not mergeable|merge conflict/i],
];

function codeOfFault(fault: GraphQLFault): ForgeErrorCode {
  if (fault.type === "RATE_LIMITED" || /submitted too quickly|secondary rate/i.test(fault.message))
    return "rate-limited";
  if (fault.type === "STALE_DATA") return "stale";
  const worded = WORDS.find(([, words]) => words.test(fault.message));
  if (worded !== undefined) return worded[0];
  if (fault.type === "FORBIDDEN" || fault.type === "INSUFFICIENT_SCOPES") return "forbidden";
  if (fault.type === "NOT_FOUND") return "not-found";
  return fault.type === "SERVICE_UNAVAILABLE" || fault.type === "INTERNAL" || WENT_WRONG.test(fault.message)
    ? "unavailable"
    : "invalid";
}

/** GitHub's message without secrets, then shortened: a part of a secret would not be recognised. */
function safeMessage(message: string): string {
  return redactSecrets(message.slice(0, 20_000)).slice(0, 2000);
}
