import { RequestError } from "@octokit/request-error";
import * as z from "zod";
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
    return new ForgeError("unavailable", `${doing}: ${error instanceof Error ? scrub(error.message) : "failed"}`);
  return new ForgeError(codeOf(error), `${doing}: GitHub answered ${error.status}: ${scrub(error.message)}`);
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
  return new ForgeError(codeOfFault(fault), `${doing}: ${scrub(fault.message)}`);
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

/** Tokens of GitHub, bearer headers and credentials in URLs: none of these belongs in a message, whoever put it there. */
function scrub(message: string): string {
  return message
    .slice(0, 2000)
    .replace(/\b(gh[a-z]_|github_pat_)[A-Za-z0-9_]{8,255}/g, "[token]")
    .replace(/\b(bearer|basic|token) [A-Za-z0-9._~+/=-]{16,2000}/gi, "$1 [token]")
    .replace(/:\/\/[^/@\s]{1,500}@/g, "://");
}
