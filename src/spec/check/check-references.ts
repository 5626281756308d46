import { nameOf, tenantOf } from "../../domain/agent-key.ts";
import { withoutConsent } from "../../domain/consent.ts";
import type { AgentFacts, AgentKey, SharedInputs } from "../../domain/fleet.ts";
import { byPlace, type Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import { peerInTemplate, problemOfTemplate } from "../layers/template-problem.ts";
import { didYouMean } from "../problems/nearest.ts";
import { problemAt } from "../problems/problems.ts";
import { isMap, valueAt } from "../values.ts";
import { readYaml, type YamlDocument } from "../yaml/read-yaml.ts";
import { MAX_PROBLEMS } from "../yaml/yaml-limits.ts";

/** The other agents, for the checks of references. The cost of each call follows the size of its answer. */
export interface OtherAgents {
  /** Files that claim an agent's key, whatever the case of their names, sorted; broken ones too. */
  claimants(key: AgentKey): readonly Path[];
  /** Facts of an agent whose file has no Problems. */
  facts(key: AgentKey): AgentFacts | undefined;
  /** Agents of a Kubernetes namespace and name, whatever their tenant. */
  sameAppId(namespace: string, name: string): readonly AgentKey[];
  /** Agents of a Kubernetes namespace whose Dapr components have the names that dapr-agents looks for. */
  daprAgents(namespace: string): readonly AgentKey[];
  /** All keys, to suggest one; called only where a key is unknown. */
  keys(): readonly AgentKey[];
}

/**
 * Problems of an agent together with the others: another file defines it, another agent of its namespace has its app-id, or a
 * peer that it calls does not exist, is not in one of its environments, or belongs to a tenant that does not accept its calls. A
 * peer whose file has Problems counts as existing. `bytes` returns the agent's file; it is called only to find the place of a Problem.
 */
export function referenceProblems(
  facts: AgentFacts,
  bytes: () => Uint8Array,
  shared: SharedInputs,
  around: OtherAgents,
): readonly Problem[] {
  const complaints = [
    ...claimFaults(facts, around),
    ...appIdFaults(facts, around),
    ...fixedNameFaults(facts, around),
    // Each of these may compare a name with all agents, so it stops after as many as a file may have Problems.
    ...complaintsAbout(facts, shared, around),
    ...peersWithoutConsent(facts, shared, around),
  ];
  return problemsOf(complaints, facts, bytes, shared);
}

/**
 * Problems for peers of other tenants that do not accept the agent's calls. `factsOf` returns the facts of an agent without
 * Problems; a peer without facts is not checked.
 */
export function consentProblems(
  facts: AgentFacts,
  bytes: () => Uint8Array,
  shared: SharedInputs,
  factsOf: Pick<OtherAgents, "facts">,
): readonly Problem[] {
  return problemsOf(peersWithoutConsent(facts, shared, factsOf), facts, bytes, shared);
}

function problemsOf(
  complaints: readonly ReferenceFault[],
  facts: AgentFacts,
  bytes: () => Uint8Array,
  shared: SharedInputs,
): readonly Problem[] {
  if (complaints.length === 0) return [];
  const document = readYaml(facts.path, bytes()).documents[0];
  if (document === undefined) return [];
  return complaints
    .map(({ callee, environment, message, pointer: place = "/metadata/name" }) => {
      if (callee === undefined) return problemAt(document, place, message);
      const pointer = callPointer(document, facts, callee, environment);
      return pointer === undefined
        ? peerOfTemplate(document, facts, callee, message, shared)
        : problemAt(document, pointer, message);
    })
    .sort(byPlace);
}

function* complaintsAbout(facts: AgentFacts, shared: SharedInputs, around: OtherAgents): Generator<ReferenceFault> {
  let count = 0;
  for (const callee of facts.calls) {
    for (const one of callFaults(facts, callee, shared, around)) {
      yield one;
      count += 1;
      if (count >= MAX_PROBLEMS) return;
    }
  }
}

/** Something wrong with the agent's name, or with a peer that it calls. */
interface ReferenceFault {
  readonly callee?: AgentKey;
  readonly environment?: string | undefined;
  readonly message: string;
  /** Where no peer is meant; left out: at the agent's name. */
  readonly pointer?: JsonPointer;
}

/** Faults for peers of other tenants that do not accept the agent's calls; they say who has to write what. */
function peersWithoutConsent(
  facts: AgentFacts,
  shared: SharedInputs,
  around: Pick<OtherAgents, "facts">,
): readonly ReferenceFault[] {
  return facts.callsAcross.flatMap(({ callee, environments }): readonly ReferenceFault[] => {
    const peer = around.facts(callee);
    if (peer === undefined) return [];
    const present = environments.filter((environment) => peer.environments.includes(environment));
    const missing = withoutConsent(facts, peer, present, shared);
    if (missing.length === 0) return [];
    const owner = tenantOf(callee);
    const where = missing.length < facts.environments.length ? ` in ${missing.join(", ")}` : "";
    const entry = `{appId: ${nameOf(facts.key)}, namespace: ${facts.namespace}}`;
    const message = `tenant ${owner} does not let ${facts.key} call ${callee}${where}; its owners may add ${entry} to spec.access.callers in ${peer.path}, or ${tenantOf(facts.key)} to spec.accepts in tenants/${owner}.yaml; until then remove the peer`;
    return [{ callee, environment: missing[0], message }];
  });
}

function claimFaults(facts: AgentFacts, around: OtherAgents): readonly ReferenceFault[] {
  const others = around.claimants(facts.key).filter((path) => path !== facts.path);
  if (others.length === 0) return [];
  return [
    {
      message: `agent ${facts.key} is also in ${listSome(others)}; keep one file (names that differ only by case count as one)`,
    },
  ];
}

function appIdFaults(facts: AgentFacts, around: OtherAgents): readonly ReferenceFault[] {
  const name = nameOf(facts.key);
  const others = around
    .sameAppId(facts.namespace, name)
    .filter((key) => key !== facts.key && shareEnvironment(facts, around.facts(key)));
  if (others.length === 0) return [];
  return [
    { message: `app-id ${name} in namespace ${facts.namespace} is also ${listSome(others)}'s; rename one of them` },
  ];
}

/** Components of one name in a namespace: the second release would fail, since the first owns them. */
function fixedNameFaults(facts: AgentFacts, around: OtherAgents): readonly ReferenceFault[] {
  if (facts.daprAgents === undefined) return [];
  const others = around
    .daprAgents(facts.namespace)
    .filter((key) => key !== facts.key && shareEnvironment(facts, around.facts(key)));
  if (others.length === 0) return [];
  const message = `dapr-agents looks for components of fixed names, such as agent-workflow, and a namespace has each once: ${facts.namespace} has those of ${listSome(others)}; move one of the agents to another tenant, or write framework: custom in it and read the names from DAPR_STATE_STORE and DAPR_PUBSUB`;
  return [{ message, pointer: "/spec/runtime/framework" }];
}

/** The first few, and how many more there are. */
function listSome(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).join(", ");
  return names.length > MOST_SHOWN ? `${shown} and ${names.length - MOST_SHOWN} more` : shown;
}

const MOST_SHOWN = 5;

function shareEnvironment(facts: AgentFacts, other: AgentFacts | undefined): boolean {
  return other?.environments.some((environment) => facts.environments.includes(environment)) ?? true;
}

function callFaults(
  facts: AgentFacts,
  callee: AgentKey,
  shared: SharedInputs,
  around: OtherAgents,
): readonly ReferenceFault[] {
  if (callee === facts.key) return [{ callee, message: "the agent names itself as a peer; remove it" }];
  const peer = around.facts(callee);
  if (peer === undefined) {
    const owner = tenantOf(callee);
    const isTenant = shared.tenants.has(owner) || shared.broken?.tenants.has(owner) === true;
    const isThere = around.claimants(callee).length > 0;
    if (isThere && isTenant) return [];
    if (isThere)
      return [{ callee, message: `${callee} belongs to no tenant; add tenants/${owner}.yaml, or name another peer` }];
    return [{ callee, message: `unknown agent ${callee}; ${nearestKey(callee, shared, around)}` }];
  }
  const message = unfit(facts, peer, callee);
  return message === undefined ? [] : [{ callee, message }];
}

/** Why a peer cannot be called; undefined where it can. */
function unfit(facts: AgentFacts, peer: AgentFacts, callee: AgentKey): string | undefined {
  if (peer.endsByItself) return `${callee} is a Job or CronJob, which nobody can call; remove the peer`;
  const absent = facts.environments.filter((environment) => !peer.environments.includes(environment));
  if (absent.length === 0) return undefined;
  return `${callee} is not in ${absent.join(", ")}; add the environment to its tenant, or name another peer`;
}

function nearestKey(callee: AgentKey, shared: SharedInputs, around: OtherAgents): string {
  const [tenant, name] = [tenantOf(callee), nameOf(callee)];
  const keys = around.keys();
  const inTenant = keys.filter((key) => tenantOf(key) === tenant);
  const sameName = keys.find((key) => nameOf(key) === name);
  if (sameName !== undefined) return `did you mean ${JSON.stringify(sameName)}? Then write its namespace too`;
  if (inTenant.length > 0) return didYouMean(callee, inTenant, `add agents/${callee}.yaml, or name another peer`);
  return didYouMean(tenant, shared.tenants.keys(), `add agents/${callee}.yaml, or name another peer`);
}

/**
 * The pointer to where the spec names a peer: in the overlay of the given environment, in its own tools, or in any overlay.
 * Undefined where its template names it.
 */
function callPointer(
  document: YamlDocument,
  facts: AgentFacts,
  callee: AgentKey,
  environment: string | undefined,
): JsonPointer | undefined {
  const tenant = tenantOf(facts.key);
  const overlays = valueAt(document.value, ["spec", "environments"]);
  const layers: (readonly string[])[] = [
    ...(environment === undefined ? [] : [["spec", "environments", environment]]),
    ["spec"],
    ...Object.keys(isMap(overlays) ? overlays : {}).map((name) => ["spec", "environments", name]),
  ];
  for (const path of layers) {
    const tools = valueAt(document.value, [...path, "tools"]);
    const index = Array.isArray(tools)
      ? tools.findIndex((tool) => keyOf(valueAt(tool, ["agent"]), tenant) === callee)
      : -1;
    if (index >= 0) return pointerOf([...path, "tools", index, "agent", "name"]);
  }
  return undefined;
}

/** The Problem of a peer that the template names; at the agent's reference to it where a parameter does. */
function peerOfTemplate(
  document: YamlDocument,
  facts: AgentFacts,
  callee: AgentKey,
  message: string,
  shared: SharedInputs,
): Problem {
  const isPeer = (peer: unknown) => keyOf(peer, tenantOf(facts.key)) === callee;
  const path = peerInTemplate(facts.template, isPeer, shared);
  if (path === undefined) return problemAt(document, "/spec/template/ref", message);
  return problemOfTemplate(document, { ref: facts.template }, { path, message }, shared);
}

function keyOf(peer: unknown, tenant: string): AgentKey | undefined {
  if (!isMap(peer)) return undefined;
  return `${String(peer.namespace ?? tenant)}/${String(peer.name)}`;
}
