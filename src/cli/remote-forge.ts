import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createGitHubForge, type GitHubForge } from "../forge/github.ts";
import type { GitHubAuth } from "../forge/github-client.ts";
import type { Pacer } from "../forge/github-pace.ts";
import type { Log } from "../world.ts";
import { githubHostOf } from "./github-hosts.ts";
import { OutsideError, type Shell, UsageError } from "./shell.ts";

/**
 * The GitHub forge of an https URL, with credentials from the environment: `GITHUB_TOKEN`, or a GitHub App's `APP_ID` and
 * `PRIVATE_KEY` (or `PRIVATE_KEY_PATH`), the names Probot uses. Throws UsageError where the URL names no repository, lies on a
 * host that credentials are not for (see `githubHosts`), or where there is no credential. GitHub counts writes by
 * installation: repositories of one share a pacer.
 */
export function createRemoteForge(shell: Shell, where: string, log: Log, pacer?: Pacer): GitHubForge {
  const url = githubUrl(where);
  const { api } = githubHostOf(shell.env, url);
  const [owner = "", name = "", ...more] = url.pathname.split("/").filter((part) => part !== "");
  if (owner === "" || name === "" || more.length > 0)
    throw new UsageError(`${url.href} names no repository; write ${url.origin}/owner/name`);
  return createGitHubForge({
    owner,
    name: name.replace(/\.git$/, ""),
    auth: authOf(shell),
    baseUrl: api,
    pacer,
    warn: (fields, message) => log.warn(fields, message),
  });
}

/** An address of a repository on a GitHub. Throws UsageError for what Git must not be given; the message repeats no credential. */
export function githubUrl(where: string): URL {
  if (!URL.canParse(where)) throw new UsageError("--repo is no folder and no URL; write https://github.com/owner/name");
  const url = new URL(where);
  if (`${url.username}${url.password}` !== "")
    throw new UsageError("--repo holds a credential; leave it out, it comes from the environment");
  if (`${url.search}${url.hash}` !== "") throw new UsageError("--repo holds a query or a fragment; leave them out");
  return url;
}

/** The credential that the environment holds. */
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

/** The App's key, from the environment or the file it names; `\n` written as two characters is a line end, as Probot reads it. */
export function privateKeyOf(shell: Shell): string | undefined {
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
