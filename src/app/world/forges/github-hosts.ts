import { distance } from "fastest-levenshtein";
import { withoutTrailing } from "../../../domain/values/trim.ts";
import { type Shell, UsageError } from "../../shell.ts";
import { isLoopback, serverAddressIn } from "./server-address.ts";

/** One GitHub: the web address of its repositories, and the root of its REST API. */
export interface GitHubHost {
  /** Scheme, host and port, such as `https://github.com`. */
  readonly origin: string;
  /** Without a slash at its end, such as `https://api.github.com` or `https://github.acme.example/api/v3`. */
  readonly api: string;
}

const PUBLIC: GitHubHost = { origin: "https://github.com", api: "https://api.github.com" };

/**
 * Every GitHub that may be sent a credential: github.com, and what `GITHUB_SERVER_URL` and `GITHUB_API_URL` name, as in GitHub
 * Actions. The first is the default. Throws UsageError where a variable holds no https
 * address (http is accepted for this machine only).
 */
export function githubHosts(env: Shell["env"]): readonly GitHubHost[] {
  const server = serverAddressIn(env, "GITHUB_SERVER_URL", "https://github.acme.example");
  const api = serverAddressIn(env, "GITHUB_API_URL", "https://github.acme.example/api/v3");
  const own = server === undefined ? hostOfApi(api) : { origin: server.origin, api: rootOf(api) ?? apiOf(server) };
  return own === undefined || own.origin === PUBLIC.origin ? [own ?? PUBLIC] : [own, PUBLIC];
}

/**
 * The GitHub of an address: scheme, host and port must all be equal. Throws UsageError for any other host, before a credential
 * is read; the message says what to set.
 */
export function githubHostOf(env: Shell["env"], url: URL): GitHubHost {
  const hosts = githubHosts(env);
  const found = hosts.find(({ origin }) => origin === url.origin);
  if (found !== undefined) return found;
  const known = hosts.map(({ origin }) => origin).join(" and ");
  throw new UsageError(
    `--repo names ${url.origin}, and GitHub credentials are sent to ${known} alone; ${advice(url, hosts)}`,
  );
}

function advice(url: URL, hosts: readonly GitHubHost[]): string {
  const host = url.hostname.replace(/^www\.|\.$/g, "");
  const near = hosts.find(({ origin }) => distance(new URL(origin).hostname, host) <= 2);
  if (near !== undefined) return `did you mean ${near.origin}${url.pathname}?`;
  if (url.protocol !== "https:" && !isLoopback(url.hostname)) return "write an https:// address";
  return `if that is a GitHub Enterprise Server of yours, set GITHUB_SERVER_URL=${url.origin}; if it is a Gitea or a Forgejo, set GITEA_URL=${url.origin}`;
}

/** The GitHub of an API address, where only `GITHUB_API_URL` is set: a GitHub Enterprise Server has web and API on one host. */
function hostOfApi(api: URL | undefined): GitHubHost | undefined {
  if (api === undefined || api.origin === PUBLIC.api) return undefined;
  return { origin: api.origin, api: rootOf(api) ?? apiOf(api) };
}

/** docs.github.com: `/api/v3` of a GitHub Enterprise Server, `api.<name>.ghe.com` with data residency. */
function apiOf(server: URL): string {
  if (server.origin === PUBLIC.origin) return PUBLIC.api;
  if (server.hostname.endsWith(".ghe.com")) return `${server.protocol}//api.${server.host}`;
  return `${server.origin}/api/v3`;
}

function rootOf(api: URL | undefined): string | undefined {
  return api === undefined ? undefined : `${api.origin}${withoutTrailing(api.pathname, "/")}`;
}
