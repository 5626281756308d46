import { tenantOf } from "../domain/agent-key.ts";
import type { AgentFacts, AgentKey, Fleet } from "../domain/fleet.ts";

/**
 * The fleet as it would be with these facts of some agents in place of their present ones; undefined: the agent is gone. Takes time in
 * proportion to what is looked up, not to the fleet.
 */
export function overlayFleet(fleet: Fleet, changed: ReadonlyMap<AgentKey, AgentFacts | undefined>): Fleet {
  const someAgentsOf = fleet.someAgentsOf;
  return {
    ...fleet,
    facts: { get: (key) => (changed.has(key) ? changed.get(key) : fleet.facts.get(key)) },
    callers: { get: (key) => callersOf(key, fleet, changed) },
    ...(someAgentsOf === undefined
      ? {}
      : {
          someAgentsOf: (tenant: string) =>
            withChanged(someAgentsOf(tenant), changed, (key) => tenantOf(key) === tenant),
        }),
  };
}

function callersOf(callee: AgentKey, fleet: Fleet, changed: ReadonlyMap<AgentKey, AgentFacts | undefined>) {
  return withChanged(
    fleet.callers.get(callee) ?? [],
    changed,
    (key) => changed.get(key)?.calls.includes(callee) === true,
  );
}

function withChanged(
  keys: readonly AgentKey[],
  changed: ReadonlyMap<AgentKey, AgentFacts | undefined>,
  isIn: (key: AgentKey) => boolean,
): readonly AgentKey[] {
  const kept = keys.filter((key) => !changed.has(key));
  const added = [...changed].filter(([key, facts]) => facts !== undefined && isIn(key)).map(([key]) => key);
  return [...kept, ...added].sort();
}
