import type { AgentKey } from "../../domain/fleet.ts";
import type { ClusterReading } from "../../domain/rollout/facts.ts";
import type { Rollout } from "../../domain/rollout/rollout.ts";
import type { ForgeState, Pass } from "../pass.ts";
import { judgeRollouts } from "./judge-rollouts.ts";
import { readWanted } from "./read-wanted.ts";

/** The clusters that were read in a pass, by the state of its forge. */
const READ = new WeakMap<ForgeState, Map<string, Promise<ClusterReading>>>();

/**
 * How far what the default branch wants of these agents has come in these environments. A cluster is read at most once in a pass.
 * Throws GitError.
 */
export async function readRollouts(
  pass: Pass,
  agents: readonly AgentKey[],
  environments: readonly string[],
): Promise<readonly Rollout[]> {
  const { commit, survey } = pass;
  const wanted = await readWanted(commit, environments, agents);
  const clusters = await Promise.all(environments.map(async (name) => [name, await clusterOf(pass, name)] as const));
  return judgeRollouts({ commit, fleet: survey.fleet }, wanted, new Map(clusters));
}

function clusterOf({ forge, world, survey }: Pass, environment: string): Promise<ClusterReading> {
  const known = READ.get(forge) ?? new Map<string, Promise<ClusterReading>>();
  READ.set(forge, known);
  const reading = known.get(environment) ?? world.readCluster(survey.fleet.config, environment);
  known.set(environment, reading);
  return reading;
}
