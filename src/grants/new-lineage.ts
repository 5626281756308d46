import type { AgentFacts, AgentKey } from "../domain/fleet.ts";
import type { Lineage } from "../domain/grant/lineage.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { type GrantRefusal, refusal } from "./refusal.ts";

/** Who asks for a new agent, with the id of the request and its time. */
export interface AgentAsking {
  readonly agent: AgentKey;
  readonly environment: string;
  readonly request: string;
  readonly at: Instant;
}

/**
 * The lineage of an agent that another one asks for: one generation below it. `asker`: what the default branch says of the one that
 * asks. A refusal where it has no grant, or nobody answers for what it asks for.
 */
export function newLineage(
  asking: AgentAsking,
  asker: Pick<AgentFacts, "lineage" | "grant"> | undefined,
): { readonly kind: "lineage"; readonly lineage: Lineage } | ({ readonly kind: "refused" } & GrantRefusal) {
  const { agent, environment, request, at } = asking;
  if (asker === undefined)
    return {
      kind: "refused",
      ...refusal("asker-deleted", `there is no agent ${agent} any more, so it can ask for none`),
    };
  const granted = asker.grant?.createAgents;
  const field = `supervision.createAgents in agents/${agent}.yaml`;
  if (granted === undefined)
    return {
      kind: "refused",
      ...refusal("no-grant", `${agent} may ask for no agents; a person can grant it with ${field}`),
    };
  if (granted.sponsor === undefined)
    return {
      kind: "refused",
      ...refusal("no-sponsor", `nobody answers for what ${agent} asks for; a person can name a sponsor in ${field}`),
    };
  const above = asker.lineage?.lineage;
  const lineage = {
    createdBy: { agent, environment },
    request,
    root: above?.root ?? agent,
    depth: (above?.depth ?? 0) + 1,
    // To the second, as people write times.
    createdAt: Math.floor(at / 1000) * 1000,
    sponsor: granted.sponsor,
  };
  return { kind: "lineage", lineage };
}
