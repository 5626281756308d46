import type { AgentFacts, AgentKey, Fleet } from "../domain/fleet.ts";
import type { Directory } from "../remedy/whose-alert.ts";

/**
 * The fleet as alerts see it, for one pass: thousands of alerts may be about one agent, whose facts are read once. What is
 * no agent is not remembered: there may be any number of names.
 */
export function directoryOf({ facts, tenants, config }: Pick<Fleet, "facts" | "tenants" | "config">): Directory {
  const known = new Map<AgentKey, AgentFacts>();
  return {
    tenants,
    config,
    facts: {
      get(key) {
        const found = known.get(key) ?? facts.get(key);
        if (found !== undefined) known.set(key, found);
        return found;
      },
    },
  };
}
