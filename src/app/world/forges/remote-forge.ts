import type { Forge } from "../../../forge/forge.ts";
import { readGiteaVersion } from "../../../forge/gitea/probe.ts";
import type { Pacer } from "../../../forge/github/client/pace.ts";
import { openRepository, type Repository } from "../../../git/repository.ts";
import type { Log } from "../../../pass/world.ts";
import { type Shell, UsageError } from "../../shell.ts";
import { cacheFolder } from "../cache-folder.ts";
import { outboundFetch } from "../outbound-fetch.ts";
import { giteaForgeOf, giteaServer, isOnGitea } from "./gitea-forge.ts";
import { githubForgeOf } from "./github-forge.ts";
import { githubHostOf, githubHosts } from "./github-hosts.ts";
import { ownerAndName, repositoryUrl } from "./repository-url.ts";

/** The kinds of servers that repositories lie on. */
export type ServerKind = "github" | "gitea";

/** A repository on a server: its mirror, and its forge. */
export interface RemoteRepository {
  readonly repository: Repository;
  readonly forge: Forge;
  dispose(): Promise<void>;
}

export interface RemoteOptions {
  readonly log: Log;
  readonly pacer?: Pacer | undefined;
  /** Looks at every answer of GitHub. */
  readonly watch?: ((send: typeof fetch) => typeof fetch) | undefined;
  /** What the server is; left out, the environment says it: it lies below `GITEA_URL`, or is a GitHub. */
  readonly kind?: ServerKind | undefined;
}

/**
 * Opens a repository at an https address. Throws UsageError where the address names none, its host may not get a credential, or
 * there is no credential; GitError, OutsideError.
 */
export async function openRemote(shell: Shell, where: string, options: RemoteOptions): Promise<RemoteRepository> {
  const url = repositoryUrl(where);
  const kind = await serverKindOf(shell, url, options.kind);
  const cache = cacheFolder(shell);
  switch (kind) {
    case "github": {
      const forge = githubForgeOf(shell, url, options.log, options.pacer, options.watch);
      const credential = () => forge.gitCredential();
      const repository = await openRepository(where, { env: shell.env, cache, credential });
      return { repository, forge, dispose: async () => {} };
    }
    case "gitea": {
      const { token, url: server } = giteaServer(shell.env);
      ownerAndName(url, server);
      const repository = await openRepository(where, { env: shell.env, cache, credential: async () => token });
      const forge = giteaForgeOf(shell, url, repository, options.log);
      return { repository, forge, dispose: () => forge.dispose() };
    }
    default:
      return kind satisfies never;
  }
}

/** Says at the start what is wrong with an address. Throws UsageError; sends nothing. */
export function assertRemote(shell: Shell, where: string, asked: ServerKind | undefined): void {
  const url = repositoryUrl(where);
  if (asked === "gitea" || (asked === undefined && isOnGitea(shell.env, url)))
    ownerAndName(url, giteaServer(shell.env).url);
  else githubHostOf(shell.env, url);
}

async function serverKindOf(shell: Shell, url: URL, asked: ServerKind | undefined): Promise<ServerKind> {
  const { env } = shell;
  if (asked !== undefined) return asked;
  if (isOnGitea(env, url)) return "gitea";
  if (githubHosts(env).some(({ origin }) => origin === url.origin)) return "github";
  await assertNoGitea(shell, url);
  githubHostOf(env, url);
  return "github";
}

/** Asks an unknown server what it is, without a credential. Throws UsageError, which says what to set, where it is a Gitea. */
async function assertNoGitea({ env }: Shell, url: URL): Promise<void> {
  if (url.protocol !== "https:" && url.protocol !== "http:") return;
  const folders = url.pathname.split("/").filter((part) => part !== "");
  const server = [url.origin, ...folders.slice(0, -2)].join("/");
  const version = await readGiteaVersion(server, outboundFetch(env));
  if (version === undefined) return;
  throw new UsageError(
    `${server} is a Gitea or a Forgejo (version ${version}), and gets a credential only where the environment says so: set GITEA_URL=${server} and GITEA_TOKEN`,
  );
}
