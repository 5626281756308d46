import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { GitHubAuth } from "../../../forge/github/client/client.ts";
import type { Pacer } from "../../../forge/github/client/pace.ts";
import { createGitHubForge, type GitHubForge } from "../../../forge/github/forge.ts";
import type { FormerAccounts } from "../../../forge/github/pulls/former-pulls.ts";
import type { Log } from "../../../pass/world.ts";
import { contentHash } from "../../../pr/content-hash.ts";
import { decodeMarker } from "../../../pr/marker.ts";
import { OutsideError, type Shell, UsageError } from "../../shell.ts";
import { outboundFetch } from "../outbound-fetch.ts";
import { githubHostOf } from "./github-hosts.ts";
import { ownerAndName } from "./repository-url.ts";

/**
 * The GitHub forge of an https URL, with credentials from the environment: `GITHUB_TOKEN`, or a GitHub App's `APP_ID` and
 * `PRIVATE_KEY` (or `PRIVATE_KEY_PATH`), the names Probot uses. Throws UsageError where the URL names no repository, its host
 * may not get credentials (see `githubHosts`), or there is no credential. GitHub counts writes by installation, so the
 * repositories of one installation share a pacer. `watch` may look at every answer.
 */
export function githubForgeOf(
  shell: Shell,
  url: URL,
  log: Log,
  pacer?: Pacer,
  watch: (send: typeof fetch) => typeof fetch = (send) => send,
): GitHubForge {
  const { api } = githubHostOf(shell.env, url);
  const { owner, name } = ownerAndName(url, url.origin);
  return createGitHubForge({
    owner,
    name,
    auth: authOf(shell),
    baseUrl: api,
    pacer,
    fetch: watch(outboundFetch(shell.env)),
    formerAccounts: formerAccountsOf(shell),
    warn: (fields, message) => log.warn(fields, message),
  });
}

/** The accounts in `RAOS_FORMER_ACCOUNTS`, logins with commas between them. Throws UsageError where one is no login. */
function formerAccountsOf(shell: Shell): FormerAccounts | undefined {
  const logins = (shell.env.RAOS_FORMER_ACCOUNTS ?? "")
    .split(",")
    .map((login) => login.trim())
    .filter((login) => login !== "");
  const odd = logins.find((login) => !/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\[bot\])?$/.test(login));
  if (odd !== undefined) throw new UsageError("RAOS_FORMER_ACCOUNTS is a list of logins, such as octocat,acme-bot");
  if (logins.length === 0) return undefined;
  return {
    logins,
    isAsWritten(body, files) {
      const marker = decodeMarker(body);
      return marker !== undefined && contentHash({ ...marker, files }) === marker.content;
    },
  };
}

/** The credential in the environment. Throws UsageError where there is none, OutsideError where the key file cannot be read. */
export function authOf(shell: Shell): GitHubAuth {
  const { GITHUB_TOKEN, APP_ID, INSTALLATION_ID } = shell.env;
  if (GITHUB_TOKEN !== undefined && GITHUB_TOKEN !== "") return { kind: "token", token: GITHUB_TOKEN };
  const privateKey = privateKeyOf(shell);
  if (APP_ID === undefined || privateKey === undefined) {
    throw new UsageError(
      "a repository on GitHub needs a credential: set GITHUB_TOKEN, or APP_ID with PRIVATE_KEY or PRIVATE_KEY_PATH",
    );
  }
  return {
    kind: "app",
    appId: whole(APP_ID, "APP_ID"),
    privateKey,
    installationId: INSTALLATION_ID === undefined ? undefined : whole(INSTALLATION_ID, "INSTALLATION_ID"),
  };
}

/**
 * The App's private key, from `PRIVATE_KEY` or the file of `PRIVATE_KEY_PATH`; undefined where neither is set. `\n` written as
 * two characters is a line end, as in Probot. Throws OutsideError where the file cannot be read.
 */
function privateKeyOf(shell: Shell): string | undefined {
  const { PRIVATE_KEY, PRIVATE_KEY_PATH } = shell.env;
  if (PRIVATE_KEY !== undefined && PRIVATE_KEY !== "") return PRIVATE_KEY.replaceAll("\\n", "\n");
  if (PRIVATE_KEY_PATH === undefined) return undefined;
  try {
    return readFileSync(resolve(shell.cwd, PRIVATE_KEY_PATH), "utf8");
  } catch (error) {
    throw new OutsideError(
      `PRIVATE_KEY_PATH cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function whole(text: string, name: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new UsageError(`${name} is a whole number`);
  return Number(text);
}
