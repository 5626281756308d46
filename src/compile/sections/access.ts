import { nameOf, tenantOf } from "../../domain/agent-key.ts";
import { acceptsTenant } from "../../domain/consent.ts";
import type { EffectiveAgent, Fleet } from "../../domain/fleet.ts";
import type { Json } from "../../domain/values/scalars.ts";
import type { MergedAgent } from "../merged-agent.ts";
import { filled, type Section, section, unless } from "../section.ts";

/**
 * Who may call the agent through Dapr: the callers that its spec declares, and the agents of the same environment that name it as
 * a peer, where they belong to its own tenant or one that its tenant accepts. An agent of another tenant gets no access by naming
 * it. Sorted by namespace and app-id, each once; a caller declared with operations may only call those.
 */
export function access(agent: MergedAgent, { environment, spec }: EffectiveAgent, fleet: Fleet): Section {
  const callers = new Map<string, Json>();
  for (const caller of spec.access?.callers ?? []) {
    callers.set(
      `${caller.namespace}/${caller.appId}`,
      section({
        ...{ appId: caller.appId, namespace: caller.namespace },
        ...{ operations: filled(caller.operations), approves: unless(false, caller.approves) },
      }) ?? {},
    );
  }
  for (const key of fleet.callers.get(agent.key) ?? []) {
    const facts = fleet.facts.get(key);
    if (facts === undefined || !facts.environments.includes(environment)) continue;
    if (!acceptsTenant(agent.tenant, tenantOf(key), fleet)) continue;
    const appId = nameOf(key);
    const place = `${facts.namespace}/${appId}`;
    if (!callers.has(place)) callers.set(place, { appId, namespace: facts.namespace });
  }
  const places = [...callers.keys()].sort();
  return { callers: filled(places.flatMap((place) => callers.get(place) ?? [])) };
}
