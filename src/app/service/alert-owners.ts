import type { Alert } from "../../domain/alert/alert.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { RepoKey } from "../../domain/trigger.ts";
import type { World } from "../../pass/world.ts";
import { type FleetDirectory, findAlertOwner } from "../../remedy/alert-owner.ts";
import { createFleetDirectory } from "../../remedy/fleet-directory.ts";
import { type Survey, survey } from "../../survey/survey.ts";

/** Which agents the repositories have, and so which alerts are theirs. */
export interface AlertOwners {
  /** Reads the fleet on the default branch. Returns whether it could be read. Throws GitError or ForgeError. */
  read(repo: RepoKey, world: World): Promise<boolean>;
  isRead(repo: RepoKey): boolean;
  /** The agent of an alert; null where it belongs to none, undefined where the fleet was not read yet. */
  ownerOf(repo: RepoKey, alert: Alert): AgentKey | null | undefined;
  /** The Alertmanagers that raos.yaml names for its environments, each once, and whether every environment has one. */
  alertmanagersOf(repo: RepoKey): Alertmanagers;
  /** Divides alerts: those of an agent go to its repository, all others to each, since the agent may be added soon. */
  divide(alerts: readonly Alert[], repos: readonly RepoKey[]): ReadonlyMap<RepoKey, readonly Alert[]>;
  /** Forgets the fleet of a repository. */
  forget(repo: RepoKey): void;
}

/** An Alertmanager, and which alerts it lists. */
export interface EnvironmentAlertmanager {
  readonly url: string;
  /** An environment that it is of, whose credential it gets. */
  readonly environment: string;
  /**
   * Whether the alerts of an environment are listed by this Alertmanager and no other. An alert of no known agent is listed by
   * the only one there is, and by none of several.
   */
  readonly isOf: (alert: Alert) => boolean;
}

interface Alertmanagers {
  readonly servers: readonly EnvironmentAlertmanager[];
  readonly isEveryEnvironment: boolean;
}

interface Fleet {
  readonly ownerOf: (alert: Alert) => AgentKey | null;
  readonly alertmanagers: Alertmanagers;
}

/** Owners of alerts; no fleet is known until `read` was called. */
export function createAlertOwners(): AlertOwners {
  const fleets = new Map<RepoKey, Fleet>();
  const ownerOf: AlertOwners["ownerOf"] = (repo, alert) => fleets.get(repo)?.ownerOf(alert);
  return {
    forget: (repo) => void fleets.delete(repo),
    async read(repo, world) {
      const found = await surveyNow(world);
      if (found === undefined) return false;
      const directory = createFleetDirectory(found.fleet);
      fleets.set(repo, {
        alertmanagers: alertmanagersIn(directory),
        ownerOf(alert) {
          const owner = findAlertOwner(alert, directory);
          return owner.kind === "agent" ? owner.agent : null;
        },
      });
      return true;
    },
    isRead: (repo) => fleets.has(repo),
    ownerOf,
    alertmanagersOf: (repo) => fleets.get(repo)?.alertmanagers ?? { servers: [], isEveryEnvironment: true },
    divide(alerts, repos) {
      if (repos.length < 2) return new Map(repos.map((repo) => [repo, alerts]));
      const shares = new Map<RepoKey, Alert[]>(repos.map((repo) => [repo, []]));
      for (const alert of alerts) {
        const owners = repos.filter((repo) => ownerOf(repo, alert) !== null);
        for (const repo of owners.length > 0 ? owners : repos) shares.get(repo)?.push(alert);
      }
      return shares;
    },
  };
}

/** The Alertmanagers of a fleet's environments, and which alerts each lists. */
export function alertmanagersIn(directory: FleetDirectory): Alertmanagers {
  const { config } = directory;
  const all = config.spec.environments.map(({ name }) => ({ name, url: sourcesOf(config, name).alertmanager?.url }));
  const byUrl = Map.groupBy(all, ({ url }) => url ?? "");
  const servers = [...byUrl].flatMap(([url, of]): readonly EnvironmentAlertmanager[] => {
    const [first] = of;
    if (url === "" || first === undefined) return [];
    const names = new Set(of.map(({ name }) => name));
    const isOf = (alert: Alert) => {
      if (byUrl.size === 1) return true;
      const owner = findAlertOwner(alert, directory);
      return owner.kind === "agent" && names.has(owner.environment);
    };
    return [{ url, environment: first.name, isOf }];
  });
  return { servers, isEveryEnvironment: !byUrl.has("") };
}

/** The survey of the default branch; undefined where it has no commit, or raos.yaml cannot be read. */
async function surveyNow(world: World): Promise<Survey | undefined> {
  const head = await world.forge.defaultBranch();
  const commit = head.sha === undefined ? undefined : await world.viewCommit(head.name, head.sha);
  if (commit === undefined) return undefined;
  const found = await survey(commit.source, world.store, world.memory);
  return "kind" in found ? undefined : found;
}
