import type { Octokit } from "@octokit/rest";
import * as z from "zod";
import { untilDeadline } from "../../../deadline/deadline.ts";
import { createGate } from "../../../deadline/gate.ts";
import { ForgeError } from "../../forge.ts";
import { type ClientOptions, type Connection, connect } from "./connection.ts";
import { type GraphQLFault, isLost, toForgeError, toForgeErrorOf } from "./error.ts";
import {
  type ConditionalOptions,
  graphqlUrl,
  type RestAnswer,
  sendGraphQL,
  sendGraphQLOrRateLimited,
  sendOrRateLimited,
  sendRead,
} from "./requests.ts";
import { waitOutRateLimits } from "./wait.ts";

export type { GitHubAuth } from "./connection.ts";

/** Answers that are kept for conditional reads; the oldest goes first. */
const MOST_TAGGED = 100;

/** The result of a write: an answer, which may contain faults; or "lost": a read has to find out what the write has done. */
export type Written =
  | { readonly kind: "answered"; readonly data: unknown; readonly faults: readonly GraphQLFault[] }
  | { readonly kind: "lost"; readonly message: string };

export interface GitHubClient {
  /** A GraphQL read, retried after I/O errors. Throws ForgeError, also for faults beside data, unless `partial` takes them. */
  query<T>(
    doing: string,
    document: string,
    variables: Readonly<Record<string, unknown>>,
    shape: z.ZodType<T>,
    partial?: (faults: readonly GraphQLFault[]) => void,
  ): Promise<T>;
  /** A GraphQL write, sent once, at the configured pace. Throws ForgeError only where GitHub refused the whole document. */
  mutate(doing: string, document: string, variables: Readonly<Record<string, unknown>>): Promise<Written>;
  /**
   * A conditional REST read by one of Octokit's typed methods; undefined where there is nothing (404, and 409 of an empty
   * repository). An answer is kept by `doing` and the parameters, which together say what is asked.
   */
  get<P extends object, T>(
    doing: string,
    parameters: P,
    ask: (octokit: Octokit, parameters: P & ConditionalOptions) => Promise<RestAnswer>,
    shape: z.ZodType<T>,
  ): Promise<T | undefined>;
  /** A REST write by one of Octokit's typed methods, sent once, at the configured pace. */
  send<T>(doing: string, work: (octokit: Octokit) => Promise<T>): Promise<T>;
  /** A token for Git over HTTPS. */
  credential(): Promise<string>;
}

/** A client for one repository. Nothing is sent before the first call. Its methods throw ForgeError. */
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
  const keep = (key: string, tag: string, data: unknown): void => {
    tagged.set(key, { tag, data });
    const [oldest] = tagged.keys();
    if (tagged.size > MOST_TAGGED && oldest !== undefined) tagged.delete(oldest);
  };
  const client: GitHubClient = {
    query: async (doing, document, variables, shape, partial) => {
      const { reader } = await connection();
      for (let attempt = 1; attempt <= 3; attempt++) {
        const answer = await sendGraphQL(reader, url, document, variables).catch((error: unknown) => {
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
      const send = () => gate(() => sendGraphQLOrRateLimited(writer, url, document, variables));
      try {
        const answer = await waitOutRateLimits(send, options);
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
    send: async (doing, work) => {
      const { writer } = await connection();
      await options.pacer.turn();
      try {
        return await waitOutRateLimits(() => gate(() => sendOrRateLimited(writer, work)), options);
      } catch (error) {
        throw toForgeError(error, doing);
      }
    },
    get: async (doing, parameters, ask, shape) => {
      const key = JSON.stringify([doing, parameters]);
      const known = tagged.get(key);
      const { reader } = await connection();
      for (let attempt = 1; attempt <= 3; attempt++) {
        const found = await sendRead((options) => ask(reader, { ...parameters, ...options }), known?.tag).catch(
          (error: unknown) => {
            throw toForgeError(error, doing);
          },
        );
        if (found.kind === "none") return undefined;
        const parsed = shape.safeParse(found.kind === "same" ? known?.data : found.data);
        if (parsed.success) {
          if (found.kind === "new" && found.tag !== undefined) keep(key, found.tag, found.data);
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
  // A token may become invalid before its hour ends: a permission was changed, or the App was installed again. GitHub refused
  // the request, so it had no effect and is sent again with a new token.
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
  // Waits for retries, the pace and rate limits end with the pass too.
  return {
    query: (...question) => untilDeadline(signedIn(() => client.query(...question))),
    mutate: (...question) => untilDeadline(signedIn(() => client.mutate(...question))),
    send: (doing, work) => untilDeadline(signedIn(() => client.send(doing, work))),
    get: (...question) => untilDeadline(signedIn(() => client.get(...question))),
    credential: () => untilDeadline(client.credential()),
  };
}

function cutOff(doing: string): ForgeError {
  return new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape, three times`);
}
