import type { AgentSpec } from "../../domain/agent/agent.ts";
import { endsByItself } from "../../domain/agent/workload.ts";
import { tenantOf } from "../../domain/agent-key.ts";
import type { AgentFacts, EffectiveAgent, GrantFacts, LineageFacts } from "../../domain/fleet.ts";
import { createGrantOf } from "../../domain/grant/create-grant.ts";
import type { Lineage } from "../../domain/grant/lineage.ts";
import { needsOf } from "../../domain/grant/needs.ts";
import { type ScopeOwner, scopeOf } from "../../domain/grant/scope.ts";

/** What other agents need to know of an agent, from its specs in effect. */
export function factsOf(
  own: Pick<AgentFacts, "key" | "path" | "oid" | "namespace" | "template" | "models" | "upgrades">,
  names: readonly string[],
  environments: ReadonlyMap<string, EffectiveAgent>,
  { lineage, labels }: { readonly lineage: Lineage | undefined; readonly labels: ScopeOwner["labels"] },
): AgentFacts {
  const tenant = tenantOf(own.key);
  const prompts = [...environments.values()].flatMap(({ spec }) => spec.instructions.file ?? []);
  return {
    key: own.key,
    path: own.path,
    oid: own.oid,
    namespace: own.namespace,
    environments: names,
    template: own.template,
    models: own.models,
    ...([...environments.values()].some(({ spec }) => endsByItself(spec.runtime.workload))
      ? { endsByItself: true }
      : {}),
    ...([...environments.values()].some(({ spec }) => hasFixedComponents(spec)) ? { daprAgents: true } : {}),
    ...(own.upgrades === undefined || own.upgrades.length === 0 ? {} : { upgrades: own.upgrades }),
    ...(lineage === undefined ? {} : { lineage: lineageFacts(lineage, environments) }),
    ...grantFacts(environments, { tenant, labels }),
    prompts: [...new Set(prompts)].sort(),
    calls: callsOf(environments, tenant),
    callsAcross: callsAcrossOf(environments, tenant),
    admits: admitsOf(environments),
  };
}

function lineageFacts(lineage: Lineage, environments: ReadonlyMap<string, EffectiveAgent>): LineageFacts {
  return { lineage, needs: Object.fromEntries([...environments].map(([name, { spec }]) => [name, needsOf(spec)])) };
}

/** Overlays cannot differ in what is granted, so that any environment says it. */
function grantFacts(
  environments: ReadonlyMap<string, EffectiveAgent>,
  owner: ScopeOwner,
): { readonly grant: GrantFacts } | undefined {
  const [any] = environments.values();
  const { createAgents, improves = [] } = any?.spec.supervision ?? {};
  const isGranted = createAgents !== undefined && createAgents.max > 0;
  if (!isGranted && improves.length === 0) return undefined;
  const scopes = isGranted ? [...environments].map(([name, { spec }]) => [name, scopeOf(spec, owner)] as const) : [];
  const granted = isGranted ? createGrantOf(createAgents) : undefined;
  return { grant: { createAgents: granted, improves, scopes: Object.fromEntries(scopes) } };
}

/** As the chart names components: dapr-agents finds its stores and its broker by fixed names. */
function hasFixedComponents({ runtime, dapr }: AgentSpec): boolean {
  const stored = dapr.state !== undefined || dapr.pubsub !== undefined;
  return runtime.framework === "dapr-agents" && dapr.enabled && stored;
}

function callsOf(environments: ReadonlyMap<string, EffectiveAgent>, tenant: string): readonly string[] {
  const calls = new Set<string>();
  for (const { spec } of environments.values()) {
    for (const tool of spec.tools ?? [])
      if ("agent" in tool) calls.add(`${tool.agent.namespace ?? tenant}/${tool.agent.name}`);
  }
  return [...calls].sort();
}

function callsAcrossOf(
  environments: ReadonlyMap<string, EffectiveAgent>,
  tenant: string,
): readonly { readonly callee: string; readonly environments: readonly string[] }[] {
  const peersOfOthers = ({ spec }: EffectiveAgent) =>
    (spec.tools ?? []).flatMap((tool) =>
      "agent" in tool && (tool.agent.namespace ?? tenant) !== tenant
        ? [`${tool.agent.namespace}/${tool.agent.name}`]
        : [],
    );
  return environmentsByName(environments, peersOfOthers).map(([callee, where]) => ({ callee, environments: where }));
}

function admitsOf(
  environments: ReadonlyMap<string, EffectiveAgent>,
): readonly { readonly caller: string; readonly environments: readonly string[] }[] {
  const declared = ({ spec }: EffectiveAgent) =>
    (spec.access?.callers ?? []).map((caller) => `${caller.namespace}/${caller.appId}`);
  return environmentsByName(environments, declared).map(([caller, where]) => ({ caller, environments: where }));
}

/** Each name that a spec gives, sorted, with the environments whose specs do. */
function environmentsByName(
  environments: ReadonlyMap<string, EffectiveAgent>,
  namesOf: (agent: EffectiveAgent) => readonly string[],
): readonly (readonly [name: string, environments: readonly string[]])[] {
  const byName = new Map<string, string[]>();
  for (const [environment, effective] of environments) {
    for (const name of new Set(namesOf(effective))) byName.set(name, [...(byName.get(name) ?? []), environment]);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
}
