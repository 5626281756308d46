import type { Octokit } from "@octokit/core";
import { RequestError } from "@octokit/request-error";
import * as z from "zod";
import { passSignal, untilDeadline } from "../deadline/deadline.ts";
import { withoutTrailing } from "../domain/trim.ts";
import { ForgeError } from "./forge.ts";
import { type ClientOptions, type Connection, connect } from "./github-connection.ts";
import { codeOf, GraphQLFault, isLost, toForgeError, toForgeErrorOf } from "./github-error.ts";
import { RateLimited, waitedOut } from "./github-wait.ts";

export type { GitHubAuth } from "./github-connection.ts";

/** What a write came to: an answer, which may hold faults, or none, so that only reading tells what it did. */
export type Written =
  | { readonly kind: "answered"; readonly data: unknown; readonly faults: readonly GraphQLFault[] }
  | { readonly kind: "lost"; readonly message: string };

export interface GitHubClient {
  /** A GraphQL read, retried on I/O faults. Throws ForgeError; faults beside data throw unless `partial` takes them. */
  query<T>(
    doing: string,
    document: string,
    variables: Readonly<Record<string, unknown>>,
    shape: z.ZodType<T>,
    partial?: (faults: readonly GraphQLFault[]) => void,
  ): Promise<T>;
  /** A GraphQL write, sent once and at the configured pace. Throws ForgeError only where GitHub refused all of it. */
  mutate(doing: string, document: string, variables: Readonly<Record<string, unknown>>): Promise<Written>;
  /** A conditional REST read; undefined where there is no such thing (404, and 409 of an empty repository). */
  get<T>(doing: string, path: string, shape: z.ZodType<T>): Promise<T | undefined>;
  /** A token for Git over HTTPS. */
  credential(): Promise<string>;
}

const Answer = z.object({ data: z.unknown().optional(), errors: z.array(GraphQLFault).optional() });

/** A client for one repository. Nothing is sent before the first call. */
export function createClient(options: ClientOptions): GitHubClient {
  let connected: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> => {
    connected ??= connect(options).catch((error: unknown) => {
      connected = undefined;
      throw toForgeError(error, "sign in to GitHub");
    });
    return connected;
  };
  const url = graphqlUrl(options.baseUrl);
  const gate = createGate(options.concurrency);
  const tagged = new Map<string, { readonly tag: string; readonly data: unknown }>();
  const client: GitHubClient = {
    query: async (doing, document, variables, shape, partial) => {
      const { reader } = await connection();
      for (let attempt = 1; attempt <= 3; attempt++) {
        const answer = await ask(reader, url, document, variables).catch((error: unknown) => {
          throw toForgeError(error, doing);
        });
        const faults = answer?.errors ?? [];
        const [first] = faults;
        const hasData = answer?.data !== undefined && answer.data !== null;
        if (first !== undefined && (partial === undefined || !hasData)) throw toForgeErrorOf(first, doing);
        const parsed = shape.safeParse(answer?.data);
        if (parsed.success) {
          if (faults.length > 0) partial?.(faults);
          return parsed.data;
        }
        if (first !== undefined) throw toForgeErrorOf(first, doing);
        options.warn({ doing, attempt }, "GitHub's answer was cut off or of another shape");
      }
      throw cutOff(doing);
    },
    mutate: async (doing, document, variables) => {
      const { writer } = await connection();
      await options.pacer.turn();
      const send = () => gate(() => askLimited(writer, url, document, variables));
      try {
        const answer = await waitedOut(send, options);
        if (answer === undefined) return { kind: "lost", message: "the answer was cut off" };
        const [first] = answer.errors ?? [];
        if (first !== undefined && (answer.data === undefined || answer.data === null)) {
          throw toForgeErrorOf(first, doing);
        }
        return { kind: "answered", data: answer.data, faults: answer.errors ?? [] };
      } catch (error) {
        if (isLost(error)) return { kind: "lost", message: toForgeError(error, doing).message };
        throw toForgeError(error, doing);
      }
    },
    get: async (doing, path, shape) => {
      const known = tagged.get(path);
      const { reader } = await connection();
      for (let attempt = 1; attempt <= 3; attempt++) {
        const found = await read(reader, path, known?.tag).catch((error: unknown) => {
          throw toForgeError(error, doing);
        });
        if (found.kind === "none") return undefined;
        const parsed = shape.safeParse(found.kind === "same" ? known?.data : found.data);
        if (parsed.success) {
          if (found.kind === "new" && found.tag !== undefined) tagged.set(path, { tag: found.tag, data: found.data });
          return parsed.data;
        }
      }
      throw cutOff(doing);
    },
    credential: async () => {
      if (options.auth.kind === "token") return options.auth.token;
      try {
        const { reader } = await connection();
        return z.object({ token: z.string() }).parse(await reader.auth({ type: "installation" })).token;
      } catch (error) {
        throw toForgeError(error, "get a token for Git");
      }
    },
  };
  // A token can end before its time (a permission was changed, the App installed anew), and a damaged answer can have
  // brought none; it would be kept for an hour. What is refused for it has had no effect.
  const signedIn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (options.auth.kind === "token") return work();
    const used = connection();
    try {
      await used;
      return await work();
    } catch (error) {
      if (!(error instanceof ForgeError) || error.code !== "unauthorized") throw error;
      if (connected === used) connected = undefined;
      return work();
    }
  };
  // Retries, the pace and rate limits wait longer than a request: those waits end with the pass too.
  return {
    query: (...asked) => untilDeadline(signedIn(() => client.query(...asked))),
    mutate: (...asked) => untilDeadline(signedIn(() => client.mutate(...asked))),
    get: (...asked) => untilDeadline(signedIn(() => client.get(...asked))),
    credential: () => untilDeadline(client.credential()),
  };
}

function cutOff(doing: string): ForgeError {
  return new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape, three times`);
}

/** GitHub Enterprise Server has GraphQL beside REST's `/api/v3`, not below it. */
function graphqlUrl(baseUrl: string): string {
  const root = withoutTrailing(baseUrl, "/");
  return root.endsWith("/api/v3") ? root.replace(/\/v3$/, "/graphql") : `${root}/graphql`;
}

/** Runs at most so many at once; the others wait their turn. */
function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to who waits longest, or is given up.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

type Variables = Readonly<Record<string, unknown>>;
type Reply = z.infer<typeof Answer>;

/** The answer, or undefined where it was cut off. */
async function ask(client: Octokit, url: string, query: string, variables: Variables): Promise<Reply | undefined> {
  const { data } = await client.request({ method: "POST", url, query, variables, ...ofPass() });
  return replyOf(data);
}

/** As `ask`; throws RateLimited where GitHub refused for a limit, in any of the ways it has. */
async function askLimited(
  client: Octokit,
  url: string,
  query: string,
  variables: Variables,
): Promise<Reply | undefined> {
  try {
    const { data, headers } = await client.request({ method: "POST", url, query, variables, ...ofPass() });
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

/** What ends a request with the pass that asks. */
function ofPass(): { readonly request?: { readonly signal: AbortSignal } } {
  const signal = passSignal();
  return signal === undefined ? {} : { request: { signal } };
}

function replyOf(data: unknown): Reply | undefined {
  const parsed = Answer.safeParse(data);
  if (!parsed.success || (parsed.data.data === undefined && parsed.data.errors === undefined)) return undefined;
  return parsed.data;
}

type Read =
  | { readonly kind: "new"; readonly data: unknown; readonly tag: string | undefined }
  | { readonly kind: "same" }
  | { readonly kind: "none" };

async function read(client: Octokit, path: string, tag: string | undefined): Promise<Read> {
  try {
    const response = await client.request({
      method: "GET",
      url: path,
      headers: tag === undefined ? {} : { "if-none-match": tag },
      ...ofPass(),
    });
    return { kind: "new", data: response.data, tag: response.headers.etag };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.status === 304) return { kind: "same" };
    if (error.status === 404 || error.status === 409) return { kind: "none" };
    throw error;
  }
}
