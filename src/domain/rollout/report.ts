import type { AgentKey } from "../fleet.ts";
import type { Instant } from "../values/scalars.ts";
import type { RolloutPhase } from "./rollout.ts";

/** What became of a change in an environment, once that is known. */
export type RolloutOutlook = "better" | "same" | "worse" | "cannot-tell";

/** "replaced": a later change took its place before it was judged. "removed": nothing of the agent is wanted there any more. */
export type RowState = RolloutPhase | "replaced" | "removed";

/** How far a merged pull request has come for one agent in one environment. */
export interface RolloutRow {
  readonly agent: AgentKey;
  readonly environment: string;
  /** The digest of the values that the pull request brought. */
  readonly digest: string;
  readonly state: RowState;
  /** Why, in the words of the cluster, or of RAOS. */
  readonly reason?: string;
  /** When the state began; left out: not known. */
  readonly since?: Instant;
  /** Left out: not judged yet, or there is nothing to judge. */
  readonly outlook?: RolloutOutlook;
}

/** What is said on a merged pull request of what became of it. */
export interface RolloutReport {
  readonly rows: readonly RolloutRow[];
  /** How it is taken back, or why it is not: a sentence. Left out: nothing is to be taken back. */
  readonly revert?: string;
  /** Whether nothing will change any more. */
  readonly isFinal: boolean;
}

/** The worst of all that is known: what the outcome of a pass says. */
export type RolloutReason = "rolling-out" | "verifying" | "verified" | "worse" | "cannot-tell" | "replaced";

/** What a report says in one word. */
export function reasonOfReport({ rows, isFinal }: RolloutReport): RolloutReason {
  if (rows.some(({ outlook }) => outlook === "worse")) return "worse";
  if (!isFinal) return rows.some(isOnItsWay) ? "rolling-out" : "verifying";
  if (rows.some(({ outlook }) => outlook === "cannot-tell")) return "cannot-tell";
  return rows.some(({ outlook }) => outlook === "same" || outlook === "better") ? "verified" : "replaced";
}

function isOnItsWay({ state }: RolloutRow): boolean {
  return state === "pending" || state === "rolling" || state === "held-up";
}
