import type { ServerResponse } from "node:http";
import { GraphQLError } from "graphql";
import type { FieldFault } from "../graphql/graphql.ts";
import { FORBIDDEN, Refusal } from "../model/refusal.ts";
import { type Answer, errorAnswer, limitHeaders, send } from "../reply.ts";
import type { Fault } from "./faults.ts";

const UNICORN = "<html><title>Unicorn! &middot; GitHub</title></html>";
/** GitHub's words for a query that took too long, or failed inside. */
const WENT_WRONG =
  "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug. Please include `A1B2:C3D4:E5F6` when reporting this issue.";
const TOO_QUICK = { resource: "PullRequest", code: "custom", message: "was submitted too quickly" };
const HEAD_MOVED = "Head branch was modified. Review and try the merge again.";
const BASE_MODIFIED = "Base branch was modified. Review and try the merge again.";

/** What goes wrong inside a GraphQL answer; undefined: nothing. */
export function fieldFaultOf(fault: Fault | undefined, random: () => number): FieldFault | undefined {
  const root = (error: Error, field?: string): FieldFault => ({ depth: 1, field, error });
  switch (fault?.kind) {
    case "forbidden":
      return { ...root(new Refusal("FORBIDDEN", FORBIDDEN)), every: true };
    case "not-found":
      return { ...root(new Refusal("NOT_FOUND", "Could not resolve to a Repository."), "repository"), every: true };
    case "head-moved":
      return root(new Refusal("UNPROCESSABLE", HEAD_MOVED), "mergePullRequest");
    case "base-modified":
      return root(new Refusal("UNPROCESSABLE", BASE_MODIFIED), "mergePullRequest");
    case "validation":
      return root(new Refusal("UNPROCESSABLE", TOO_QUICK.message));
    case "partial": {
      const error = new GraphQLError(WENT_WRONG);
      // The field by its place in the order in which they are resolved: early ones are whole lists, late ones leaves.
      return { depth: 2, field: fault.field, skip: fault.field === undefined ? Math.floor(random() * 25) : 0, error };
    }
    default:
      return undefined;
  }
}

/** An answer in GitHub's words that takes the place of the true one; undefined where the fault is of another sort. */
export function wrongAnswer(fault: Fault, isGraphQL: boolean, now: number): Answer | undefined {
  const refusal = (type: Refusal["type"], message: string, errors: Refusal["errors"] = []): Answer | undefined =>
    isGraphQL ? undefined : errorAnswer(new Refusal(type, message, errors));
  switch (fault.kind) {
    case "primary-limit": {
      const reset = Math.ceil((now + fault.milliseconds) / 1000);
      const headers = limitHeaders({ limit: 5000, used: 5000, remaining: 0, reset }, isGraphQL ? "graphql" : "core");
      const message = "API rate limit exceeded for installation ID 1.";
      return isGraphQL
        ? { status: 200, headers, body: { errors: [{ type: "RATE_LIMITED", code: "graphql_rate_limit", message }] } }
        : { status: 403, headers, body: { message, documentation_url: "https://docs.github.com/rest" } };
    }
    case "secondary-limit":
    case "too-many-requests":
      return {
        status: fault.kind === "secondary-limit" ? 403 : 429,
        headers: fault.milliseconds === 0 ? {} : { "retry-after": String(Math.ceil(fault.milliseconds / 1000)) },
        body: {
          message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
          documentation_url:
            "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        },
      };
    case "suspended":
      return errorAnswer(new Refusal("FORBIDDEN", "This installation has been suspended"));
    case "forbidden":
      return refusal("FORBIDDEN", FORBIDDEN);
    case "not-found":
      return refusal("NOT_FOUND", "Not Found");
    case "head-moved":
      return refusal("CONFLICT", HEAD_MOVED);
    case "base-modified":
      return isGraphQL ? undefined : { status: 405, headers: {}, body: { message: BASE_MODIFIED } };
    case "validation":
      return refusal("UNPROCESSABLE", TOO_QUICK.message, [TOO_QUICK]);
    case "graphql-timeout":
      return { status: fault.status, headers: {}, body: { data: null, errors: [{ message: WENT_WRONG }] } };
    default:
      return undefined;
  }
}

/** Sends what the fault makes of an answer; `answer` undefined: the request took no effect, and there is none. */
export function answerWithFault(response: ServerResponse, fault: Fault, answer: Answer | undefined): void {
  const text = JSON.stringify(answer?.body ?? {});
  const begin = (): void => {
    response.writeHead(answer?.status ?? 200, {
      ...answer?.headers,
      "content-type": "application/json; charset=utf-8",
      "content-length": String(Buffer.byteLength(text)),
    });
  };
  switch (fault.kind) {
    case "status":
      response.writeHead(fault.status, { "content-type": "text/html" }).end(UNICORN);
      return;
    case "unavailable":
      response
        .writeHead(503, { "content-type": "text/html", "retry-after": String(Math.ceil(fault.milliseconds / 1000)) })
        .end(UNICORN);
      return;
    case "reset":
      response.destroy();
      return;
    case "hang":
      return;
    case "html":
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>Checking your browser</html>");
      return;
    case "empty":
      response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": "0" }).end();
      return;
    case "truncate":
      begin();
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
      return;
    case "slow":
      setTimeout(() => answer !== undefined && send(response, answer), fault.milliseconds).unref();
      return;
    case "drip":
      begin();
      void drip(response, Buffer.from(text), fault.milliseconds);
      return;
    default:
      if (answer !== undefined) send(response, answer);
  }
}

/** Writes bytes in twenty pieces, so many milliseconds apart. */
export async function drip(response: ServerResponse, bytes: Buffer, milliseconds: number): Promise<void> {
  const size = Math.max(1, Math.ceil(bytes.length / 20));
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
  }
  response.end();
}
