import type { Trigger } from "../../domain/trigger.ts";
import type { Forge } from "../../forge/forge.ts";
import { createPacer, GITHUB_PACE, type Pacer } from "../../forge/github/client/pace.ts";
import type { RateLimits } from "../../forge/github/client/rate-limits.ts";
import type { Answer } from "../../model/investigator.ts";
import type { Log } from "../../pass/world.ts";
import type { Shell } from "../shell.ts";
import { githubHosts } from "../world/forges/github-hosts.ts";
import type { ServerKind } from "../world/forges/remote-forge.ts";
import { type Opened, type OpenOptions, openWorld } from "../world/open-world.ts";
import { createRemoteServices } from "../world/remote-services.ts";
import type { OwnersConfigs } from "./repositories/owners-configs.ts";
import type { ServedFolders } from "./served-folders.ts";

/** The worlds of the repositories that are served: each is opened once. */
export interface OpenWorlds {
  /** Opens the world, or returns the open one. Calls `answered` when the model answers a question. Throws as `openWorld` does. */
  of(repo: string, triggers: readonly Trigger[], answered: () => void): Promise<Opened<Forge>>;
  /** Forgets what this process remembers of a repository; the next pass opens it anew. Not while a pass is at work there. */
  forget(repo: string): Promise<void>;
  close(): Promise<void>;
}

export interface OpenWorldsOptions {
  readonly folders: ServedFolders;
  /** What the servers are; left out, the environment says it. */
  readonly server?: ServerKind | undefined;
  /** Is told what GitHub's answers say about its rate limits. */
  readonly rateLimits: RateLimits;
  /** Called with each answer of the model, where it is asked. */
  readonly investigated: (answer: Answer) => void;
  /** The forge's id of a repository, where it is known: what is kept on disk for its agents is kept by it. */
  readonly idOf: (repo: string) => number | undefined;
  readonly owners: OwnersConfigs;
}

/** The worlds of a service. Those of one installation of the App share the pace of writes to GitHub. */
export function createOpenWorlds(shell: Shell, log: Log, options: OpenWorldsOptions): OpenWorlds {
  const { folders, server, rateLimits, investigated, idOf, owners } = options;
  const worlds = new Map<string, Promise<Opened<Forge>>>();
  const pacers = new Map<number | undefined, Pacer>();
  return {
    async of(repo, triggers, answered) {
      const known = worlds.get(repo);
      if (known !== undefined) return known;
      const installation = triggers.find((trigger) => trigger.installation !== undefined)?.installation;
      const env = installation === undefined ? shell.env : { ...shell.env, INSTALLATION_ID: String(installation) };
      const folder = folders.of(repo);
      const isName = /^[^/\s]+\/[^/\s]+$/.test(repo) && installation !== undefined;
      const pacer = pacers.get(installation) ?? createPacer(GITHUB_PACE);
      pacers.set(installation, pacer);
      const services = createRemoteServices(shell, {
        wait: false,
        done: answered,
        investigated,
        keep: {
          repository: `${idOf(repo) ?? repo}${folder === "" ? "" : `#${folder}`}`,
          warn: (fields, message) => log.warn(fields, message),
        },
      });
      const address = isName ? `${serverUrl(shell)}/${repo}` : repo;
      const watch = (send: typeof fetch) => rateLimits.watch(String(installation ?? "token"), send);
      const shareOrganisation: OpenOptions["shareOrganisation"] = (read) => owners.share(repo, read);
      const how = { log, pacer, services, folder, server, watch, shareOrganisation };
      // Calls of the API and a pass may ask for the same one at once.
      const opening = openWorld({ ...shell, env }, address, how);
      worlds.set(repo, opening);
      opening.catch(() => worlds.delete(repo));
      return opening;
    },
    async forget(repo) {
      const known = worlds.get(repo);
      worlds.delete(repo);
      await (await known?.catch(() => undefined))?.close();
    },
    async close() {
      for (const world of worlds.values()) await (await world.catch(() => undefined))?.close();
    },
  };
}

/** The web address of GitHub; `GITHUB_SERVER_URL` names a GitHub Enterprise Server, as in GitHub Actions. */
function serverUrl(shell: Shell): string {
  return githubHosts(shell.env)[0]?.origin ?? "";
}
