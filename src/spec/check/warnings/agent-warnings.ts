import { isStock } from "../../../domain/agent/stock.ts";
import type { Agent, EffectiveAgent, SharedInputs } from "../../../domain/fleet.ts";
import type { Problem } from "../../../domain/problem.ts";
import { pointerOf } from "../../../domain/values/json-pointer.ts";
import { setsValueAt } from "../../edit/place-of-edit.ts";
import { didYouMean } from "../../problems/nearest.ts";
import { pathInDocument } from "../../read/path-in-document.ts";
import { specProblem } from "../../read/spec-problem.ts";
import { readYaml } from "../../yaml/read-yaml.ts";
import type { SpecFault } from "../rules/spec-fault.ts";
import type { AgentsAround } from "./agents-around.ts";
import { unanswered } from "./grant-warnings.ts";
import { specWarnings } from "./spec-warnings.ts";

/**
 * What an agent's spec says that is accepted, and more often a mistake than meant, with its place. `bytes` returns the agent's
 * file; it is called only to find a place.
 */
export function agentWarnings(
  agent: Agent,
  bytes: () => Uint8Array,
  shared: SharedInputs,
  around: AgentsAround,
): readonly Problem[] {
  const found = new Map<string, { readonly environments: string[]; readonly fault: SpecFault }>();
  for (const [environment, effective] of agent.environments) {
    const faults = [
      ...specWarnings(effective.spec, (...steps) => isDeclared(agent, environment, steps)),
      ...peerWarnings(agent, effective, around),
      ...callerWarnings(effective, around),
      ...hostWarnings(agent, effective, around),
      ...(isStock(effective.spec, shared.config.spec.runtimeImage) ? unanswered(effective.spec) : []),
    ];
    for (const fault of faults) {
      const where = pointerOf(pathInDocument(agent, environment, fault.path).path);
      const known = found.get(`${where} ${fault.message}`);
      if (known === undefined) found.set(`${where} ${fault.message}`, { environments: [environment], fault });
      else known.environments.push(environment);
    }
  }
  const meant = [...found.values()].filter((one) => isEverywhere(agent, one));
  if (meant.length === 0) return [];
  const document = readYaml(agent.path, bytes()).documents[0];
  if (document === undefined) return [];
  return meant.map(({ environments: [environment = ""], fault }) =>
    specProblem(document, agent, environment, fault, shared),
  );
}

/** A value for all environments that an overlay makes moot in one of them is most likely meant. */
function isEverywhere(
  agent: Agent,
  {
    environments: [first = "", ...more],
    fault,
  }: { readonly environments: readonly string[]; readonly fault: SpecFault },
): boolean {
  const isOverlay = pathInDocument(agent, first, fault.path).path[1] === "environments";
  return isOverlay || more.length + 1 === agent.environments.size;
}

function isDeclared({ own, template, overlays }: Agent, environment: string, steps: readonly string[]): boolean {
  return [own, template, overlays.get(environment)].some((layer) => layer !== undefined && setsValueAt(layer, steps));
}

/** Peers that serve no A2A: who calls them has to know what they answer otherwise. */
function peerWarnings(agent: Agent, { environment, spec }: EffectiveAgent, around: AgentsAround): readonly SpecFault[] {
  return (spec.tools ?? []).flatMap((tool, index): readonly SpecFault[] => {
    if (!("agent" in tool)) return [];
    const key = `${tool.agent.namespace ?? agent.tenant}/${tool.agent.name}`;
    const peer = around.agent(key)?.environments.get(environment)?.spec;
    if (peer === undefined || peer.a2a.enabled) return [];
    const message = `${key} serves no A2A, so that this agent finds no card there; write a2a.enabled: true in it, unless it is called otherwise`;
    return [{ path: ["tools", index, "agent", "name"], message }];
  });
}

/** Callers that no agent is, in a namespace in which this repository has agents. */
function callerWarnings({ spec }: EffectiveAgent, around: AgentsAround): readonly SpecFault[] {
  return (spec.access?.callers ?? []).flatMap(({ appId, namespace }, index): readonly SpecFault[] => {
    const names = around.namesIn(namespace);
    if (names.size === 0 || names.has(appId)) return [];
    const hint = didYouMean(appId, names, "it may be an application of another repository");
    const message = `no agent of namespace ${namespace} is called ${appId}; ${hint}`;
    return [{ path: ["access", "callers", index, "appId"], message }];
  });
}

/** Hosts that another agent has, too: which of the two answers is decided by chance. */
function hostWarnings(agent: Agent, { environment, spec }: EffectiveAgent, around: AgentsAround): readonly SpecFault[] {
  return (spec.networking?.hosts ?? []).flatMap(({ host, path = "/" }, index): readonly SpecFault[] => {
    const other = around.atHost(environment, host, path).find((key) => key !== agent.key);
    if (other === undefined) return [];
    const message = `${host}${path} is ${other}'s, too, and which of the two answers is not known; write another host or path`;
    return [{ path: ["networking", "hosts", index], message }];
  });
}
