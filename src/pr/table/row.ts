import type { Json } from "../../domain/values/scalars.ts";

/** How an agent changes in an environment. */
export type AgentState = "new" | "changed" | "removed" | "same";

/** A line of the reviewer's table: one value that changes in the same way in these environments. */
export interface Row {
  /** The agent; of a tenant's own objects, the tenant. */
  readonly agent: string;
  readonly what: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly environments: readonly string[];
  /** Lower is more important. */
  readonly rank: number;
  /** The change lets the agent, or others through it, do more than before. */
  readonly widens: boolean;
}
