import type { Instant } from "../values/scalars.ts";

/**
 * Where an agent comes from that another agent asked for. It is in the annotations of the agent's file, and on its pods: Git is
 * where lineage is kept.
 */
export interface Lineage {
  /** Its key, `tenant/name`, and where it ran. */
  readonly createdBy: { readonly agent: string; readonly environment: string };
  /** The id of the request. */
  readonly request: string;
  /** The key of the first agent of the line, which a person wrote. */
  readonly root: string;
  /** 1 for a child of the root. */
  readonly depth: number;
  readonly createdAt: Instant;
  readonly sponsor: string;
  /** Present where the agent that asked for it is gone and people have it now: it is counted, and may ask for nothing. */
  readonly owner?: string;
}
