import { RequestError } from "@octokit/request-error";
import * as z from "zod";
import { withoutSecrets } from "../redaction/without-secrets.ts";
import { ForgeError, type ForgeErrorCode } from "./forge.ts";

/** One of the `errors` of a GraphQL answer. */
export const GraphQLFault = z.object({
  message: z.string(),
  type: z.string().optional(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
});
export type GraphQLFault = z.infer<typeof GraphQLFault>;

/** Whether GitHub may have done what was asked although no answer came: a server fault, or a broken connection. */
export function isLost(error: unknown): boolean {
  return error instanceof RequestError
    ? error.status >= 500
    : error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}

/** A refused or failed request, as the forge's error. Neither message nor cause holds a credential. */
export function toForgeError(error: unknown, doing: string): ForgeError {
  if (error instanceof ForgeError) return error;
  // What the throttling plugin makes of a GraphQL answer that only says so.
  if (error instanceof Error && error.message === "GraphQL Rate Limit Exceeded") {
    return new ForgeError("rate-limited", `${doing}: GitHub's rate limit is used up`);
  }
  if (!(error instanceof RequestError))
    return new ForgeError("unavailable", `${doing}: ${error instanceof Error ? cut(error.message) : "failed"}`);
  return new ForgeError(codeOf(error), `${doing}: GitHub answered ${error.status}: ${cut(error.message)}`);
}

/** What a refused request comes to. */
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
      return error.status >= 500 ? "unavailable" : "invalid";
  }
}

/** What a GraphQL error says, as the forge's error. */
export function toForgeErrorOf(fault: GraphQLFault, doing: string): ForgeError {
  return new ForgeError(codeOfFault(fault), `${doing}: ${cut(fault.message)}`);
}

function codeOfFault(fault: GraphQLFault): ForgeErrorCode {
  if (fault.type === "RATE_LIMITED" || /submitted too quickly|secondary rate/i.test(fault.message))
    return "rate-limited";
  if (fault.type === "STALE_DATA" || /head branch was modified|expected .{1,300} to point to/i.test(fault.message))
    return "stale";
  if (fault.type === "FORBIDDEN" || fault.type === "INSUFFICIENT_SCOPES") return "forbidden";
  if (fault.type === "NOT_FOUND") return "not-found";
  if (/not mergeable|merge conflict/i.test(fault.message)) return "conflict";
  return fault.type === "SERVICE_UNAVAILABLE" || fault.type === "INTERNAL" ? "unavailable" : "invalid";
}

/** What GitHub says, cut to what fits a line; only after what looks like a secret was taken out, so that no part of one stays. */
function cut(message: string): string {
  return withoutSecrets(message.slice(0, 20_000)).slice(0, 2000);
}
