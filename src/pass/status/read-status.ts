import type { AgentKey } from "../../domain/fleet.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import type { ClusterReading } from "../../domain/rollout/facts.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import { readDefaultBranch } from "../read-commit.ts";
import { judgeRollouts } from "../rollouts/judge-rollouts.ts";
import { type LastChange, lastChangesIn } from "../rollouts/last-changes.ts";
import { readWanted } from "../rollouts/read-wanted.ts";
import type { PlanningWorld } from "../world.ts";

/** How far back pull requests are listed. Milliseconds: a month. */
const MONTH = 31 * 86_400_000;

/** Which agents and environments are asked about; left out: all. */
export interface StatusScope {
  readonly agent?: AgentKey | undefined;
  readonly environment?: string | undefined;
}

/** A cluster that is configured and could not be read, or not as a whole. */
export interface UnreadCluster {
  readonly environment: string;
  readonly words: string;
}

/** How far every agent has come in every environment; or why nothing can be read from the repository. */
export type StatusReading =
  | {
      readonly kind: "read";
      readonly config: Config;
      readonly rollouts: readonly Rollout[];
      /** What is known of the change that brought what is wanted. */
      readonly lastChange: (rollout: Rollout) => LastChange | undefined;
      readonly unread: readonly UnreadCluster[];
    }
  | { readonly kind: "empty"; readonly branch: string }
  | { readonly kind: "unreadable"; readonly problems: readonly Problem[] };

/**
 * Reads what the default branch wants and what the clusters show, each cluster once and all at the same time. Writes nothing but
 * caches. Throws GitError or ForgeError.
 */
export async function readStatus(
  world: PlanningWorld,
  { agent, environment }: StatusScope = {},
): Promise<StatusReading> {
  const read = await readDefaultBranch(world);
  if (read.kind === "unreadable") return { kind: "unreadable", problems: read.problems };
  if (read.kind !== "read") return { kind: "empty", branch: read.branch };
  const { commit, survey } = read;
  const { fleet } = survey;
  const { config } = fleet;
  const names = config.spec.environments.map(({ name }) => name).filter((name) => (environment ?? name) === name);
  const wanted = await readWanted(commit, names, agent === undefined ? "all" : [agent]);
  const asked = names.filter((name) => wanted.some((one) => one.environment === name));
  const readings = await Promise.all(asked.map(async (name) => [name, await world.readCluster(config, name)] as const));
  const clusters = new Map(readings);
  const rollouts = await judgeRollouts({ commit, fleet }, wanted, clusters);
  const lastChange = lastChangesIn((await world.forge.recentPulls(world.now() - MONTH)) ?? []);
  const unread = readings.flatMap(([name, reading]) => unreadIn(name, reading));
  return { kind: "read", config, rollouts, lastChange, unread };
}

function unreadIn(environment: string, reading: ClusterReading): readonly UnreadCluster[] {
  switch (reading.kind) {
    case "closed":
      return [];
    case "unreadable":
      return [{ environment, words: reading.words }];
    case "read":
      return Object.values(reading.facts).flatMap((list) =>
        list.kind === "unreadable" ? [{ environment, words: list.words }] : [],
      );
    default:
      return reading satisfies never;
  }
}
