import { randomBytes } from "node:crypto";
import { createInstallations } from "../../forge/github/installations.ts";
import type { Log } from "../../pass/world.ts";
import { type Shell, UsageError } from "../shell.ts";
import { assertTokenAddresses } from "../world/bound-token.ts";
import { githubHosts } from "../world/github-hosts.ts";
import { assertRepository } from "../world/open-world.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import { authOf } from "../world/remote-forge.ts";

/** The service's identity on GitHub, and the repositories that it serves. */
export interface Identity {
  readonly secret: string;
  readonly app: { readonly appId: number; readonly privateKey: string } | undefined;
  repositories(): Promise<readonly Served[]> | AsyncIterable<Served>;
  /** Installations that cannot be listed. */
  failing(): number;
}

export interface Served {
  readonly repo: string;
  readonly installation: number | undefined;
}

/**
 * The identity from the environment, and the repositories of `--repo` where they are named. Folders alone need no identity; then
 * no webhook is accepted. Throws UsageError where a variable is missing or wrong.
 */
export function identityOf(shell: Shell, repos: readonly string[] | undefined, log: Log): Identity {
  const { WEBHOOK_SECRET: given } = shell.env;
  const secret = given === "" ? undefined : given;
  for (const repo of repos ?? []) assertRepository(shell, repo);
  assertTokenAddresses(shell.env);
  const named = repos?.map((repo) => ({ repo, installation: undefined }));
  if (named?.every(({ repo }) => !/^https?:/i.test(repo)) === true) {
    return {
      secret: secret ?? randomBytes(32).toString("hex"),
      app: undefined,
      repositories: async () => named,
      failing: () => 0,
    };
  }
  if (secret === undefined)
    throw new UsageError("WEBHOOK_SECRET is not set; set it to the webhook secret of the GitHub App");
  const auth = authOf(shell);
  const app = auth.kind === "app" ? { appId: auth.appId, privateKey: auth.privateKey } : undefined;
  if (named !== undefined) return { secret, app, repositories: async () => named, failing: () => 0 };
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
    failing: () => installations.failing(),
  };
}
