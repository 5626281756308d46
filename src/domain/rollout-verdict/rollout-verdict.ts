import type { Instant } from "../values/scalars.ts";
import type { Signal } from "./signal.ts";

/** When a change was rolled out. */
export interface RolloutTimes {
  /** When the first pod was replaced: all before it is the old version's. */
  readonly changeAt: Instant;
  /** When the last was ready: all after it is the new version's. */
  readonly settledAt: Instant;
}

/** Something else that happened around a roll-out, so that nobody can tell what the change itself did. */
export type Confounder =
  | { readonly kind: "another-change"; readonly what: string }
  | { readonly kind: "node-drain"; readonly nodes: readonly string[] }
  | { readonly kind: "autoscaled"; readonly before: number; readonly after: number }
  | { readonly kind: "long-rollout"; readonly minutes: number };

/** What the signals say together, in one of the public words, and why. */
export type RolloutFinding =
  | { readonly outlook: "better"; readonly reason: { readonly kind: "improved" } }
  | { readonly outlook: "same"; readonly reason: { readonly kind: "unchanged" } }
  | { readonly outlook: "worse"; readonly reason: { readonly kind: "slo-fast-burn" | "two-signals" } }
  | {
      readonly outlook: "cannot-tell";
      readonly reason:
        | { readonly kind: "one-signal-worse" | "no-traffic" | "nothing-measured" | "incomplete" }
        /** `isWorse`: the signals alone would say that it got worse, and so one of the things that happened made it so. */
        | {
            readonly kind: "confounded";
            readonly by: readonly [Confounder, ...Confounder[]];
            readonly isWorse: boolean;
          };
    };

/**
 * What became of a roll-out, found at one fixed time after it, with every signal that was looked at. Not to be confused with the
 * verdict of the guardrails, which is about a change that is not merged yet.
 */
export type RolloutVerdict = RolloutFinding & {
  readonly times: RolloutTimes;
  /** When it was looked at. */
  readonly at: Instant;
  /** In a fixed order. */
  readonly signals: readonly Signal[];
};
