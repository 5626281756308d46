import { RequestError } from "@octokit/request-error";
import type { Octokit } from "@octokit/rest";
import * as z from "zod";
import { passSignal } from "../../../deadline/deadline.ts";
import { withoutTrailing } from "../../../domain/values/trim.ts";
import { codeOf, GraphQLFault } from "./error.ts";
import { RateLimited } from "./wait.ts";

const Answer = z.object({ data: z.unknown().optional(), errors: z.array(GraphQLFault).optional() });

type Variables = Readonly<Record<string, unknown>>;
type Reply = z.infer<typeof Answer>;

/** Sends a GraphQL document. Returns the answer, or undefined where it was cut off. */
export async function sendGraphQL(
  client: Octokit,
  url: string,
  query: string,
  variables: Variables,
): Promise<Reply | undefined> {
  const { data } = await client.request({ method: "POST", url, query, variables, ...passOptions() });
  return replyOf(data);
}

/** As `sendGraphQL`; throws RateLimited where GitHub refused because of a rate limit, in any of the ways it says so. */
export async function sendGraphQLOrRateLimited(
  client: Octokit,
  url: string,
  query: string,
  variables: Variables,
): Promise<Reply | undefined> {
  try {
    const { data, headers } = await client.request({ method: "POST", url, query, variables, ...passOptions() });
    const reply = replyOf(data);
    const isRefused = reply?.errors?.some(({ type }) => type === "RATE_LIMITED") === true;
    if (isRefused && (reply?.data === undefined || reply.data === null)) throw new RateLimited(headers);
    return reply;
  } catch (error) {
    if (error instanceof RequestError && codeOf(error) === "rate-limited") {
      throw new RateLimited(error.response?.headers ?? {});
    }
    throw error;
  }
}

/** As `sendGraphQLOrRateLimited`, for a write by one of Octokit's typed methods. */
export async function sendOrRateLimited<T>(client: Octokit, work: (client: Octokit) => Promise<T>): Promise<T> {
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof RequestError && codeOf(error) === "rate-limited")
      throw new RateLimited(error.response?.headers ?? {});
    throw error;
  }
}

/** Ends a request with the pass that sends it. */
function passOptions(): { readonly request?: { readonly signal: AbortSignal } } {
  const signal = passSignal();
  return signal === undefined ? {} : { request: { signal } };
}

function replyOf(data: unknown): Reply | undefined {
  const parsed = Answer.safeParse(data);
  if (!parsed.success || (parsed.data.data === undefined && parsed.data.errors === undefined)) return undefined;
  return parsed.data;
}

/** The result of a conditional read. `same`: nothing has changed since the tag; `none`: there is nothing. */
type Read =
  | { readonly kind: "new"; readonly data: unknown; readonly tag: string | undefined }
  | { readonly kind: "same" }
  | { readonly kind: "none" };

/** What makes a read conditional, and ends it with the pass: to be given to one of Octokit's typed methods. */
export type ConditionalOptions = {
  readonly headers: { readonly "if-none-match"?: string };
  readonly request?: { readonly signal: AbortSignal };
};

/** The answer of one of Octokit's typed methods. */
export interface RestAnswer {
  readonly data: unknown;
  readonly headers: { readonly etag?: string | undefined };
}

/** Sends a REST read, conditional where there is a tag. Throws what Octokit throws, but for 304, 404 and 409. */
export async function sendRead(
  ask: (options: ConditionalOptions) => Promise<RestAnswer>,
  tag: string | undefined,
): Promise<Read> {
  try {
    const response = await ask({ headers: tag === undefined ? {} : { "if-none-match": tag }, ...passOptions() });
    return { kind: "new", data: response.data, tag: response.headers.etag };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.status === 304) return { kind: "same" };
    if (error.status === 404 || error.status === 409) return { kind: "none" };
    throw error;
  }
}

/** The URL of GraphQL: on GitHub Enterprise Server it is `/api/graphql`, beside REST's `/api/v3`. */
export function graphqlUrl(baseUrl: string): string {
  const root = withoutTrailing(baseUrl, "/");
  return root.endsWith("/api/v3") ? root.replace(/\/v3$/, "/graphql") : `${root}/graphql`;
}
