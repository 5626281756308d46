import type { AgentKey } from "../domain/fleet.ts";

/** A Kubernetes object that differs between what is rendered before and after. */
export interface ObjectChange {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly kind: string;
  readonly name: string;
  readonly change: "added" | "removed" | "changed";
  /** What differs in a changed object, in a few words or as field paths; empty where the object says it all. */
  readonly fields: readonly string[];
}

/** What the chart renders before and after, compared object by object. */
export interface RenderedDiff {
  readonly objects: readonly ObjectChange[];
}
