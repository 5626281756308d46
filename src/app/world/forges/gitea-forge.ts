import { withoutTrailing } from "../../../domain/values/trim.ts";
import { createGiteaForge, type GiteaForge } from "../../../forge/gitea/forge.ts";
import type { Repository } from "../../../git/repository.ts";
import type { Log } from "../../../pass/world.ts";
import { type Shell, UsageError } from "../../shell.ts";
import { outboundFetch } from "../outbound-fetch.ts";
import { ownerAndName } from "./repository-url.ts";
import { serverAddressIn } from "./server-address.ts";

/** A Gitea or a Forgejo, and the credential that is sent to it alone. */
export interface GiteaServer {
  /** Without a slash at its end, such as `https://git.example` or `https://example.com/gitea`. */
  readonly url: string;
  readonly token: string;
  readonly formerTokens: readonly string[];
}

/** The address of the Gitea in `GITEA_URL`, without a slash at its end; undefined where it is not set. Throws UsageError. */
export function giteaUrl(env: Shell["env"]): string | undefined {
  const url = serverAddressIn(env, "GITEA_URL", "https://git.example");
  return url === undefined ? undefined : withoutTrailing(url.href, "/");
}

/** Whether a repository's address lies below `GITEA_URL`: scheme, host, port and path. Throws UsageError as `giteaUrl` does. */
export function isOnGitea(env: Shell["env"], url: URL): boolean {
  const server = giteaUrl(env);
  return server !== undefined && url.href.startsWith(`${server}/`);
}

/**
 * The Gitea of the environment: `GITEA_URL`, `GITEA_TOKEN` and, with commas between them, `GITEA_FORMER_TOKENS`. Throws
 * UsageError where one of the first two is missing, or a token is none.
 */
export function giteaServer(env: Shell["env"]): GiteaServer {
  const url = giteaUrl(env);
  if (url === undefined)
    throw new UsageError(
      "GITEA_URL is not set; set it to the address of the Gitea or Forgejo, such as https://git.example",
    );
  const [token, ...more] = tokensIn(env, "GITEA_TOKEN");
  if (token === undefined || more.length > 0)
    throw new UsageError("a repository on Gitea needs a credential: set GITEA_TOKEN to a token of the bot's account");
  return { url, token, formerTokens: tokensIn(env, "GITEA_FORMER_TOKENS") };
}

/** The tokens in a variable. Throws UsageError, which holds no value, where one cannot be a token. */
function tokensIn(env: Shell["env"], name: "GITEA_TOKEN" | "GITEA_FORMER_TOKENS"): readonly string[] {
  const tokens = (env[name] ?? "")
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");
  if (tokens.some((token) => !/^[\w.-]{16,4096}$/.test(token)))
    throw new UsageError(`${name} holds no token of Gitea: letters and digits without spaces`);
  return tokens;
}

/** The forge of a repository below `GITEA_URL`, given its mirror. Throws UsageError. */
export function giteaForgeOf(shell: Shell, url: URL, repository: Repository, log: Log): GiteaForge {
  const server = giteaServer(shell.env);
  return createGiteaForge({
    ...server,
    ...ownerAndName(url, server.url),
    repository,
    fetch: outboundFetch(shell.env),
    warn: (fields, message) => log.warn(fields, message),
  });
}
