import type { AgentKey } from "../fleet.ts";
import type { Instant, Sha } from "../values/scalars.ts";

/** What the default branch asks for: the digest of the agent's values, and the commit that last changed its generated files. */
export interface WantedRelease {
  readonly digest: string;
  readonly commit: Sha;
  /** When the commit reached the default branch. */
  readonly at: Instant;
}

/** The values that an agent runs with. */
export interface RunningRelease {
  readonly digest: string;
}

interface About {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly wanted: WantedRelease;
  /** When the phase began; undefined: not known. */
  readonly since: Instant | undefined;
}

/** What runs is what the default branch asks for. `reason`: what is wrong with it nevertheless. */
interface RunningRollout extends About {
  readonly phase: "running";
  readonly running: RunningRelease;
  readonly reason: string | undefined;
}

/**
 * pending: not applied yet. rolling: applied, and on its way. failed: the controller gave up, or the pods do not start. rolled-back:
 * the controller went back to the values before. held-up: another object is in the way. unknown: nobody can tell.
 */
interface OtherRollout extends About {
  readonly phase: "pending" | "rolling" | "failed" | "rolled-back" | "held-up" | "unknown";
  /** What runs meanwhile; undefined: not known. */
  readonly running: RunningRelease | undefined;
  readonly reason: string;
}

/** How far an agent's values have come in an environment. Reasons hold words from the cluster, without secrets and on one line. */
export type Rollout = RunningRollout | OtherRollout;
export type RolloutPhase = Rollout["phase"];
