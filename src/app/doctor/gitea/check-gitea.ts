import { ForgeError } from "../../../forge/forge.ts";
import { createAskingClient, missingGiteaScopes, readGiteaLogin } from "../../../forge/gitea/access/read-token.ts";
import type { GiteaClient } from "../../../forge/gitea/client/client.ts";
import { readGiteaVersion } from "../../../forge/gitea/probe.ts";
import { listGiteaRepositories } from "../../../forge/gitea/repositories.ts";
import { type Shell, UsageError } from "../../shell.ts";
import { giteaServer } from "../../world/forges/gitea-forge.ts";
import { outboundFetch } from "../../world/outbound-fetch.ts";
import type { Check, Finding } from "../finding.ts";

/** Whether the environment names a Gitea or a Forgejo, complete or not. */
export function hasGitea({ env }: Shell): boolean {
  return ["GITEA_URL", "GITEA_TOKEN"].some((name) => (env[name] ?? "") !== "");
}

/** The server, the token, and what the token may do; none where no Gitea is named. */
export function giteaChecks(shell: Shell): readonly Check[] {
  return hasGitea(shell) ? [{ name: "gitea", find: () => giteaFindings(shell) }] : [];
}

/** A client of the Gitea that the environment names. Throws UsageError. */
export function giteaClientOf(shell: Shell): GiteaClient {
  const { url, token } = giteaServer(shell.env);
  return createAskingClient(url, token, outboundFetch(shell.env));
}

/** The addresses of the repositories that the account may push to; none where no Gitea is named, or it refuses. */
export async function repositoriesOnGitea(shell: Shell): Promise<readonly string[]> {
  if (!hasGitea(shell)) return [];
  try {
    const { url, token } = giteaServer(shell.env);
    const { items } = await listGiteaRepositories({ url, token, warn: () => {}, fetch: outboundFetch(shell.env) });
    return items.map((name) => `${url}/${name}`).toSorted();
  } catch (error) {
    // The check of the token says it.
    if (error instanceof UsageError || error instanceof ForgeError) return [];
    throw error;
  }
}

const SCOPES = "read:user, write:repository, write:issue and read:organization";

async function giteaFindings(shell: Shell): Promise<readonly Finding[]> {
  const check = "gitea";
  const { url } = giteaServer(shell.env);
  const client = giteaClientOf(shell);
  const version = await readGiteaVersion(url, outboundFetch(shell.env));
  if (version === undefined)
    return [
      {
        ...{ check, status: "failed", message: `no Gitea or Forgejo answers at ${url}` },
        fix: "see whether this machine reaches it, and whether GITEA_URL has the path that it is served below",
      },
    ];
  try {
    const login = await readGiteaLogin(client);
    const found: Finding = { check, status: "ok", message: `${url} (${version}) accepts the token of ${login}` };
    return [found, ...(await scopeFindings(client))];
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return [{ check, status: "failed", message: error.message, fix: tokenFix(error) }];
  }
}

async function scopeFindings(client: GiteaClient): Promise<readonly Finding[]> {
  const missing = await missingGiteaScopes(client);
  return missing.map(({ name, without, isEssential }) => ({
    check: "gitea token",
    status: isEssential ? "failed" : "warning",
    message: `it lacks the scope ${name}: ${without}`,
    fix: `make a token with ${SCOPES}; a token's scopes cannot be changed. Name the old one in GITEA_FORMER_TOKENS`,
  }));
}

function tokenFix({ code }: ForgeError): string {
  switch (code) {
    case "unauthorized":
      return "GITEA_TOKEN is wrong, deleted, or of another server (GITEA_URL); make a new one of the bot's account";
    case "forbidden":
      return `make a token with ${SCOPES}`;
    default:
      return "see whether this machine reaches it: GITEA_URL names it, HTTPS_PROXY the way";
  }
}
