import { randomBytes } from "node:crypto";
import type { Instant } from "../../domain/values/scalars.ts";
import { listGiteaRepositories } from "../../forge/gitea/repositories.ts";
import { readPresses } from "../../forge/github/app/read-presses.ts";
import { createInstallations } from "../../forge/github/installations.ts";
import type { Log } from "../../pass/world.ts";
import { type Shell, UsageError } from "../shell.ts";
import { assertTokenAddresses } from "../world/bound-token.ts";
import { giteaServer, isOnGitea } from "../world/forges/gitea-forge.ts";
import { authOf } from "../world/forges/github-forge.ts";
import { githubHosts } from "../world/forges/github-hosts.ts";
import type { ServerKind } from "../world/forges/remote-forge.ts";
import { assertRepository } from "../world/open-world.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";

/** The service's identity on GitHub, and the repositories that it serves. */
export interface Identity {
  readonly secret: string;
  readonly app: { readonly appId: number; readonly privateKey: string } | undefined;
  repositories(): Promise<readonly Served[]> | AsyncIterable<Served>;
  /** Installations that cannot be listed. */
  failing(): number;
  /**
   * The payloads of the presses of a check's buttons since a moment: an earlier process may have ended before it acted on them. Throws
   * ForgeError.
   */
  presses(since: Instant): Promise<readonly unknown[]>;
}

export interface Served {
  readonly repo: string;
  readonly installation: number | undefined;
  /** The forge's id of the repository, where it is known. */
  readonly id?: number;
}

/** Which repositories are served, and what the server is that they lie on. */
export interface ServedOptions {
  /** Those that `--repo` names; undefined: all of a GitHub App, or of an account of a Gitea. */
  readonly repos: readonly string[] | undefined;
  /** Left out: the environment says it. */
  readonly server?: ServerKind | undefined;
}

/**
 * The identity from the environment, and the repositories of `--repo` where they are named. Folders alone need no identity; then
 * no webhook is accepted. Throws UsageError where a variable is missing or wrong.
 */
export function identityOf(shell: Shell, { repos, server }: ServedOptions, log: Log): Identity {
  const { WEBHOOK_SECRET: given } = shell.env;
  for (const repo of repos ?? []) assertRepository(shell, repo, server);
  assertTokenAddresses(shell.env);
  const named = repos?.map((repo) => ({ repo, installation: undefined }));
  const remote = repos?.filter((repo) => /^https?:/i.test(repo));
  const isNobody = { app: undefined, failing: () => 0, presses: async () => [] };
  if (named !== undefined && remote?.length === 0)
    return { ...isNobody, secret: given || randomBytes(32).toString("hex"), repositories: async () => named };
  if (given === undefined || given === "")
    throw new UsageError("WEBHOOK_SECRET is not set; set it to the webhook secret of the GitHub App, or of the Gitea");
  if (named === undefined) return isGiteaAlone(shell, server) ? ofGitea(shell, given, log) : ofApp(shell, given, log);
  const isGitHub = remote?.some((repo) => server === "github" || !isOnGitea(shell.env, new URL(repo)));
  const app = isGitHub === true && server !== "gitea" ? appOf(shell) : undefined;
  const presses = app === undefined ? async () => [] : pressReader(shell, app);
  return { secret: given, app, repositories: async () => named, failing: () => 0, presses };
}

/** Whether all the repositories are those of an account of a Gitea: it was asked for, or there is no credential of a GitHub. */
function isGiteaAlone({ env }: Shell, server: ServerKind | undefined): boolean {
  if (server !== undefined) return server === "gitea";
  const isSet = (name: string) => (env[name] ?? "") !== "";
  return isSet("GITEA_URL") && !isSet("APP_ID") && !isSet("GITHUB_TOKEN");
}

function ofGitea(shell: Shell, secret: string, log: Log): Identity {
  const { url, token } = giteaServer(shell.env);
  let isFailing = false;
  const warn: Log["warn"] = (fields, message) => log.warn(fields, message);
  return {
    secret,
    app: undefined,
    presses: async () => [],
    failing: () => (isFailing ? 1 : 0),
    async repositories() {
      isFailing = true;
      const { items, complete } = await listGiteaRepositories({ url, token, warn, fetch: outboundFetch(shell.env) });
      isFailing = !complete;
      if (!complete) log.warn({ url }, "part of the repositories cannot be listed; it is tried again later");
      return items.map((name) => ({ repo: `${url}/${name}`, installation: undefined }));
    },
  };
}

function appOf(shell: Shell): Identity["app"] {
  const auth = authOf(shell);
  return auth.kind === "app" ? { appId: auth.appId, privateKey: auth.privateKey } : undefined;
}

function ofApp(shell: Shell, secret: string, log: Log): Identity {
  const app = appOf(shell);
  if (app === undefined)
    throw new UsageError(
      "a token serves the repositories that --repo names; to serve all of a GitHub App's set APP_ID and PRIVATE_KEY instead",
    );
  const baseUrl = githubHosts(shell.env)[0]?.api ?? "";
  const failed = (installation: number | undefined, error: Error) =>
    log.warn(
      { installation, error: error.message },
      "part of the repositories cannot be listed; it is tried again later",
    );
  const installations = createInstallations({ ...app, baseUrl, failed, fetch: outboundFetch(shell.env) });
  return {
    secret,
    app,
    repositories: () => installations.repositories(),
    presses: pressReader(shell, app),
    failing: () => installations.failing(),
  };
}

function pressReader(shell: Shell, app: NonNullable<Identity["app"]>): Identity["presses"] {
  const baseUrl = githubHosts(shell.env)[0]?.api ?? "";
  return (since) => readPresses({ ...app, baseUrl, fetch: outboundFetch(shell.env) }, since);
}
