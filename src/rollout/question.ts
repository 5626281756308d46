import type { AgentKey } from "../domain/fleet.ts";
import type { Rollout, RunningRelease, WantedRelease } from "../domain/rollout/rollout.ts";
import type { Instant, Path, Sha } from "../domain/values/scalars.ts";

/** What is asked about one agent in one environment: what the default branch wants, and where to look for it. */
export interface RolloutQuestion {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly wanted: WantedRelease;
  /** The namespace that the agent runs in. */
  readonly namespace: string;
  /** A Job: it may be gone, since it ends by itself. */
  readonly isJob: boolean;
  readonly delivery: RolloutDelivery;
  /**
   * Whether a commit has the wanted one among its ancestors, or is it; undefined where the repository does not have the commit.
   * Never compared for equality: later commits overtake.
   */
  readonly contains: (commit: Sha) => boolean | undefined;
}

/** The objects that deploy the agent. `folder` is that of its generated files, from the top of the repository. */
export type RolloutDelivery =
  | { readonly kind: "flux"; readonly release: string; readonly folder: Path }
  | { readonly kind: "argocd"; readonly application: string; readonly root: string };

export type FluxDelivery = Extract<RolloutDelivery, { readonly kind: "flux" }>;
export type ArgocdDelivery = Extract<RolloutDelivery, { readonly kind: "argocd" }>;

/** What was found, before it is said of whom. */
export type FoundRollout =
  | {
      readonly phase: "running";
      readonly running: RunningRelease;
      readonly reason: string | undefined;
      readonly since: Instant | undefined;
    }
  | {
      readonly phase: Exclude<Rollout["phase"], "running">;
      readonly running: RunningRelease | undefined;
      readonly reason: string;
      readonly since: Instant | undefined;
    };
