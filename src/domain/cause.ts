import type { AgentKey } from "./fleet.ts";

/** A wave of promotion behind the first one, by its environments. Left out: the first, or there are no waves. */
export type WaveName = string;

/** Why a pull request exists. Its branch name is a pure function of this. */
export type Cause =
  | {
      readonly kind: "drift";
      readonly scope:
        | { readonly kind: "agent"; readonly agent: AgentKey; readonly wave?: WaveName }
        | { readonly kind: "tenant"; readonly tenant: string; readonly wave?: WaveName };
    }
  | { readonly kind: "alert"; readonly agent: AgentKey; readonly remedy: string; readonly environment: string }
  | { readonly kind: "request"; readonly id: string }
  /** A remedy whose time has come, or whose query holds, improves what runs. */
  | { readonly kind: "tune"; readonly agent: AgentKey; readonly remedy: string; readonly environment: string }
  /** A registry has a newer image. */
  | { readonly kind: "upgrade"; readonly agent: AgentKey }
  | { readonly kind: "regression"; readonly pull: number }
  /** A pull request was merged, and is watched. It leads to no branch of its own. */
  | { readonly kind: "rollout"; readonly pull: number }
  /** The repository has agent specs, and no raos.yaml yet. */
  | { readonly kind: "onboarding" };

/** A cause whose change a remedy finds. */
export type RemedyCause = Extract<Cause, { readonly kind: "alert" | "tune" }>;

/** Whether the change of a cause is found by a remedy, which it names. */
export function isRemedyCause(cause: Cause | undefined): cause is RemedyCause {
  return cause?.kind === "alert" || cause?.kind === "tune";
}
