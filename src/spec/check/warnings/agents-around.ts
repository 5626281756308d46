import type { Agent, AgentKey } from "../../../domain/fleet.ts";

/** The other agents of a fleet, looked up by what a spec may say of them. */
export interface AgentsAround {
  agent(key: AgentKey): Agent | undefined;
  /** Names of the agents in a Kubernetes namespace. */
  namesIn(namespace: string): ReadonlySet<string>;
  /** Agents that are reached from outside at a host and path in an environment. */
  atHost(environment: string, host: string, path: string): readonly AgentKey[];
}

/** An index of agents, made once for a whole fleet. */
export function agentsAround(agents: ReadonlyMap<AgentKey, Agent>): AgentsAround {
  const names = new Map<string, Set<string>>();
  const hosts = new Map<string, AgentKey[]>();
  for (const agent of agents.values()) {
    const { namespace } = agent.facts;
    names.set(namespace, (names.get(namespace) ?? new Set()).add(agent.name));
    for (const { environment, spec } of agent.environments.values())
      for (const { host, path = "/" } of spec.networking?.hosts ?? []) {
        const place = placeOf(environment, host, path);
        hosts.set(place, [...(hosts.get(place) ?? []), agent.key]);
      }
  }
  return {
    agent: (key) => agents.get(key),
    namesIn: (namespace) => names.get(namespace) ?? new Set(),
    atHost: (environment, host, path) => hosts.get(placeOf(environment, host, path)) ?? [],
  };
}

function placeOf(environment: string, host: string, path: string): string {
  return JSON.stringify([environment, host, path]);
}
