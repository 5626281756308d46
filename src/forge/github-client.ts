import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { RequestError } from "@octokit/request-error";
import Bottleneck from "bottleneck";
import * as z from "zod";
import { ForgeError } from "./forge.ts";
import { GraphQLFault, isLost, toForgeError, toForgeErrorOf } from "./github-error.ts";
import type { Pacer } from "./github-pace.ts";

export type GitHubAuth =
  | { readonly kind: "token"; readonly token: string }
  /** `installationId` left out: asked of GitHub, by the repository. */
  | {
      readonly kind: "app";
      readonly appId: number;
      readonly privateKey: string;
      readonly installationId: number | undefined;
    };

export interface ClientOptions {
  readonly owner: string;
  readonly name: string;
  readonly auth: GitHubAuth;
  /** REST's root: `https://api.github.com`, or `https://<host>/api/v3` of a GitHub Enterprise Server. */
  readonly baseUrl: string;
  readonly pacer: Pacer;
  /** Requests under way at once; GitHub allows 100. */
  readonly concurrency: number;
  /** Milliseconds until a request without an answer counts as lost. GitHub itself gives up after ten seconds. */
  readonly timeout: number;
  /** Longest wait for a rate limit, in seconds; a longer one is an error with code "rate-limited". */
  readonly patience: number;
  /** Milliseconds that the first wait of a retried read is made of; the n-th waits n² as long. */
  readonly retryBase: number;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

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
const RetryingOctokit = Octokit.plugin(throttling, retry);

/** A client for one repository. Nothing is sent before the first call. */
export function createClient(options: ClientOptions): GitHubClient {
  let connected: Promise<Octokit> | undefined;
  const octokit = (): Promise<Octokit> => {
    connected ??= connect(options).catch((error: unknown) => {
      connected = undefined;
      throw toForgeError(error, "sign in to GitHub");
    });
    return connected;
  };
  const url = /\/api\/v3\/?$/.test(options.baseUrl)
    ? options.baseUrl.replace(/\/api\/v3\/?$/, "/api/graphql")
    : `${options.baseUrl.replace(/\/$/, "")}/graphql`;
  const send = async (
    query: string,
    variables: Readonly<Record<string, unknown>>,
    retries: number | undefined,
  ): Promise<z.infer<typeof Answer> | undefined> => {
    const client = await octokit();
    const response = await client.request({
      method: "POST",
      url,
      query,
      variables,
      ...(retries === undefined ? {} : { request: { retries } }),
    });
    const answer = Answer.safeParse(response.data);
    return answer.success && (answer.data.data !== undefined || answer.data.errors !== undefined)
      ? answer.data
      : undefined;
  };
  const tagged = new Map<string, { readonly tag: string; readonly data: unknown }>();
  return {
    query: async (doing, document, variables, shape, partial) => {
      for (let attempt = 1; attempt <= 3; attempt++) {
        const answer = await send(document, variables, undefined).catch((error: unknown) => {
          throw toForgeError(error, doing);
        });
        const faults = answer?.errors ?? [];
        const [first] = faults;
        if (first !== undefined && (partial === undefined || answer?.data === undefined || answer.data === null))
          throw toForgeErrorOf(first, doing);
        const parsed = shape.safeParse(answer?.data);
        if (parsed.success) {
          if (faults.length > 0) partial?.(faults);
          return parsed.data;
        }
        if (faults.length > 0 && first !== undefined) throw toForgeErrorOf(first, doing);
        options.warn({ doing, attempt }, "GitHub's answer was cut off or of another shape");
      }
      throw new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape, three times`);
    },
    mutate: async (doing, document, variables) => {
      await options.pacer.turn();
      try {
        const answer = await send(document, variables, 0);
        if (answer === undefined) return { kind: "lost", message: "the answer was cut off" };
        const [first] = answer.errors ?? [];
        if (first !== undefined && (answer.data === undefined || answer.data === null))
          throw toForgeErrorOf(first, doing);
        return { kind: "answered", data: answer.data, faults: answer.errors ?? [] };
      } catch (error) {
        if (isLost(error)) return { kind: "lost", message: toForgeError(error, doing).message };
        throw toForgeError(error, doing);
      }
    },
    get: async (doing, path, shape) => {
      const known = tagged.get(path);
      const client = await octokit();
      for (let attempt = 1; attempt <= 3; attempt++) {
        const found = await read(client, path, known?.tag).catch((error: unknown) => {
          throw toForgeError(error, doing);
        });
        if (found.kind === "none") return undefined;
        const parsed = shape.safeParse(found.kind === "same" ? known?.data : found.data);
        if (parsed.success) {
          if (found.kind === "new" && found.tag !== undefined) tagged.set(path, { tag: found.tag, data: found.data });
          return parsed.data;
        }
      }
      throw new ForgeError("unavailable", `${doing}: GitHub's answer was cut off or of another shape, three times`);
    },
    credential: async () => {
      if (options.auth.kind === "token") return options.auth.token;
      try {
        const client = await octokit();
        return z.object({ token: z.string() }).parse(await client.auth({ type: "installation" })).token;
      } catch (error) {
        throw toForgeError(error, "get a token for Git");
      }
    },
  };
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
    });
    return { kind: "new", data: response.data, tag: response.headers.etag };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.status === 304) return { kind: "same" };
    if (error.status === 404 || error.status === 409) return { kind: "none" };
    throw error;
  }
}

async function connect(options: ClientOptions): Promise<Octokit> {
  const { auth } = options;
  if (auth.kind === "token") return new RetryingOctokit({ ...settings(options, "token"), auth: auth.token });
  const app = { appId: auth.appId, privateKey: auth.privateKey };
  let { installationId } = auth;
  if (installationId === undefined) {
    const asApp = new RetryingOctokit({
      ...settings(options, `app ${auth.appId}`),
      authStrategy: createAppAuth,
      auth: app,
    });
    const { data } = await asApp.request("GET /repos/{owner}/{repo}/installation", {
      owner: options.owner,
      repo: options.name,
    });
    installationId = data.id;
  }
  return new RetryingOctokit({
    ...settings(options, `installation ${installationId}`),
    authStrategy: createAppAuth,
    auth: { ...app, installationId },
  });
}

function settings(options: ClientOptions, id: string): ConstructorParameters<typeof RetryingOctokit>[0] {
  const waits = (retryAfter: number, _request: unknown, _octokit: unknown, count: number): boolean => {
    const isPatient = retryAfter <= options.patience && count < 5;
    options.warn({ retryAfter, count, waits: isPatient }, "GitHub's rate limit");
    return isPatient;
  };
  const throttle = {
    id: `${options.baseUrl} ${id}`,
    // The plugin's own pace is one GraphQL request or write a second, reads too; the pacer knows GitHub's real limits.
    write: new Bottleneck.Group({}),
    notifications: new Bottleneck.Group({}),
    global: new Bottleneck.Group({ maxConcurrent: options.concurrency }),
    onRateLimit: waits,
    onSecondaryRateLimit: waits,
  };
  return {
    baseUrl: options.baseUrl,
    userAgent: "raos",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    throttle,
    retry: { retryAfterBaseValue: options.retryBase },
    request: {
      fetch: (target: string, init: RequestInit) =>
        fetch(target, { ...init, signal: AbortSignal.timeout(options.timeout) }),
    },
  };
}
