import { createAppAuth } from "@octokit/auth-app";

import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import Bottleneck from "bottleneck";
import type { Warn } from "../../../domain/warn.ts";
import { sameOriginFetch } from "../../same-origin-fetch.ts";
import type { Pacer } from "./pace.ts";

export type GitHubAuth =
  | { readonly kind: "token"; readonly token: string }
  /** `installationId` undefined: GitHub is asked for the installation of the repository. */
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
  /** Most requests at the same time; GitHub allows 100. */
  readonly concurrency: number;
  /** Milliseconds until a request without an answer counts as lost. GitHub itself gives up after ten seconds. */
  readonly timeout: number;
  /** Longest wait for a rate limit, in seconds; a longer one is an error with code "rate-limited". */
  readonly patience: number;
  /** First wait of a retried read; the n-th wait is n² as long. Milliseconds. */
  readonly retryBase: number;
  readonly warn: Warn;
  /** Sends each request. */
  readonly fetch: typeof fetch;
}

/** Two ways to the same GitHub with the same credentials. */
export interface Connection {
  /** Waits for rate limits and repeats failed requests: for reads. */
  readonly reader: Octokit;
  /**
   * Sends once, for writes: after a lost answer, a read finds out what the write has done. It has no plugins, since their
   * limiters cost several times as much as the request itself.
   */
  readonly writer: Octokit;
}

/** What GitHub would answer again: the plugin's own list, and 409, which a read gets of an empty repository. */
const REFUSALS = [400, 401, 403, 404, 409, 410, 413, 422, 451];

const RetryingOctokit = Octokit.plugin(throttling, retry);

/** Signs in. Sends a request only for a GitHub App whose installation is not known. */
export async function connect(options: ClientOptions): Promise<Connection> {
  const reader = await connectReader(options);
  const writer = new Octokit({ ...common(options), authStrategy: () => reader.auth });
  return { reader, writer };
}

async function connectReader(options: ClientOptions): Promise<Octokit> {
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
    const { data } = await asApp.rest.apps.getRepoInstallation({ owner: options.owner, repo: options.name });
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
    // The plugin's default is one GraphQL request a second, also for reads; the pacer knows GitHub's real limits.
    write: new Bottleneck.Group({}),
    notifications: new Bottleneck.Group({}),
    global: new Bottleneck.Group({ maxConcurrent: options.concurrency }),
    onRateLimit: waits,
    onSecondaryRateLimit: waits,
  };
  return { ...common(options), throttle, retry: { retryAfterBaseValue: options.retryBase, doNotRetry: REFUSALS } };
}

function common(options: ClientOptions) {
  const silent = (): void => {};
  return {
    baseUrl: options.baseUrl,
    userAgent: "raos",
    // Octokit's own log would contain whole requests.
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      // Each request carries the signal of its own pass, since the limiters may run it during another pass.
      fetch: (target: string, init: RequestInit) => {
        const signals = [AbortSignal.timeout(options.timeout), ...(init.signal ? [init.signal] : [])];
        return sameOriginFetch(target, { ...init, signal: AbortSignal.any(signals) }, options.fetch);
      },
    },
  };
}
