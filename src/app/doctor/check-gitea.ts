import { ForgeError } from "../../forge/forge.ts";
import { readGiteaVersion } from "../../forge/gitea/probe.ts";
import { listGiteaRepositories } from "../../forge/gitea/repositories.ts";
import { type Shell, UsageError } from "../shell.ts";
import { giteaServer, giteaUrl } from "../world/forges/gitea-forge.ts";
import { outboundFetch } from "../world/outbound-fetch.ts";
import type { Check, Finding } from "./finding.ts";

const SCOPES = "read:user, write:repository and write:issue; read:organization, too, for teams";

/** What is to be known of a Gitea or a Forgejo; nothing where `GITEA_URL` is not set. */
export function giteaChecks(shell: Shell): readonly Check[] {
  if ((shell.env.GITEA_URL ?? "") === "") return [];
  return [{ name: "gitea", find: async () => [await giteaFinding(shell)] }];
}

async function giteaFinding(shell: Shell): Promise<Finding> {
  const check = "gitea";
  try {
    const url = giteaUrl(shell.env) ?? "";
    const version = await readGiteaVersion(url, outboundFetch(shell.env));
    if (version === undefined)
      return {
        ...{ check, status: "failed", message: `there is no Gitea or Forgejo at ${url}, or it does not answer` },
        fix: "GITEA_URL is the address that a browser shows, without what comes behind it",
      };
    const { token } = giteaServer(shell.env);
    const access = { url, token, warn: () => {}, fetch: outboundFetch(shell.env) };
    const { items } = await listGiteaRepositories(access);
    if (items.length === 0)
      return {
        ...{ check, status: "warning", message: `${version}: the token's account may push to no repository` },
        fix: "make the bot's account a collaborator with write access",
      };
    const many = items.length === 1 ? "1 repository" : `${items.length} repositories`;
    return { check, status: "ok", message: `${version}: the token's account may push to ${many}` };
  } catch (error) {
    if (error instanceof UsageError) return { check, status: "failed", message: error.message };
    if (!(error instanceof ForgeError)) throw error;
    return {
      check,
      status: "failed",
      message: error.message,
      fix: `GITEA_TOKEN is a token of the bot's own account with ${SCOPES}`,
    };
  }
}
