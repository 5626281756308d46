import type { World } from "../../pass/world.ts";
import { createSurveyMemory } from "../../survey/survey.ts";
import { shippedChart } from "../package-root.ts";
import type { Shell } from "../shell.ts";
import { hasCluster, readEnvironment } from "./cluster-access.ts";
import { shippedPolicies } from "./shipped-policies.ts";

/** The parts of a world that depend on the kind of repository. */
export type WorldParts = Omit<
  World,
  | "memory"
  | "evidenceReadAt"
  | "unchangedPulls"
  | "checkedHeads"
  | "commentsRead"
  | "shippedPolicies"
  | "shippedChart"
  | "now"
  | "hasCluster"
  | "readCluster"
>;

/** A world that remembers nothing yet. Throws OutsideError where the policies that ship cannot be read. */
export async function createWorld(shell: Shell, parts: WorldParts): Promise<World> {
  return {
    ...parts,
    memory: createSurveyMemory(),
    evidenceReadAt: new Map(),
    unchangedPulls: new Map(),
    checkedHeads: new Map(),
    commentsRead: { until: undefined, answered: new Set() },
    shippedPolicies: await shippedPolicies(),
    shippedChart,
    hasCluster: (config, environment) => hasCluster(shell, config, environment),
    readCluster: (config, environment) => readEnvironment(shell, config, environment),
    now: shell.now,
  };
}
