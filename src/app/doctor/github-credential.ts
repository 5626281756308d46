import type { GitHubAuth } from "../../forge/github/client/connection.ts";
import type { InstallationsOptions } from "../../forge/github/installations.ts";
import type { Shell } from "../shell.ts";
import { authOf } from "../world/forges/github-forge.ts";
import { githubHosts } from "../world/forges/github-hosts.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";

/** Whether the environment has a credential for GitHub, complete or not. */
export function hasGitHubCredential({ env }: Shell): boolean {
  return ["GITHUB_TOKEN", "APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH"].some((name) => (env[name] ?? "") !== "");
}

/** The App's options; undefined where the credential is a token, or there is none. Throws UsageError, OutsideError. */
export function appOptions(shell: Shell): InstallationsOptions | undefined {
  if (!hasGitHubCredential(shell)) return undefined;
  const auth: GitHubAuth = authOf(shell);
  if (auth.kind === "token") return undefined;
  const baseUrl = githubHosts(shell.env)[0]?.api ?? "";
  return { appId: auth.appId, privateKey: auth.privateKey, baseUrl, fetch: outboundFetch(shell.env) };
}
