import { withoutConsent } from "../domain/consent.ts";
import type { AgentFacts, AgentKey, SharedInputs } from "../domain/fleet.ts";
import { byPlace, type Problem } from "../domain/problem.ts";
import type { JsonPointer, Path } from "../domain/scalars.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, pointerOf, valueAt } from "./pointer.ts";
import { problemAt } from "./problems.ts";
import { readYaml, type YamlDocument } from "./read-yaml.ts";
import { MAX_PROBLEMS } from "./yaml-limits.ts";

/** The rest of the fleet, as a comparison with it needs it: each question costs what it answers. */
export interface Neighbours {
  /** Files that claim an agent's key, whatever the case of their names, sorted; broken ones too. */
  claimants(key: AgentKey): readonly Path[];
  /** Facts of an agent whose file is whole. */
  facts(key: AgentKey): AgentFacts | undefined;
  /** Agents of a Kubernetes namespace and name, whatever their tenant. */
  sameAppId(namespace: string, name: string): readonly AgentKey[];
  /** Keys to search for what a wrong one may have meant; asked only where one is unknown. */
  keys(): readonly AgentKey[];
}

/**
 * What is wrong with an agent beside the others: another file claims it, another agent of its namespace has its app-id, or
 * a peer it calls does not exist, is missing in one of its environments, or belongs to a tenant that does not let it in. A peer whose file has Problems exists. `bytes`
 * answers with the agent's file; it is asked only where there is a Problem that needs a place.
 */
export function crossProblems(
  facts: AgentFacts,
  bytes: () => Uint8Array,
  shared: SharedInputs,
  around: Neighbours,
): readonly Problem[] {
  const complaints = [
    ...claims(facts, around),
    ...appIds(facts, around),
    // Each costs a look at all the others, so that no more are looked at than are told.
    ...complaintsAbout(facts, shared, around),
    ...uninvited(facts, shared, around),
  ];
  return placed(complaints, facts, bytes);
}

/**
 * What is wrong with an agent's peers of other tenants: those that do not let it in. `factsOf` answers with the facts of an
 * agent whose file is whole; of one whose file is not, nothing can be said.
 */
export function consentProblems(
  facts: AgentFacts,
  bytes: () => Uint8Array,
  shared: SharedInputs,
  factsOf: Pick<Neighbours, "facts">,
): readonly Problem[] {
  return placed(uninvited(facts, shared, factsOf), facts, bytes);
}

function placed(complaints: readonly Crossed[], facts: AgentFacts, bytes: () => Uint8Array): readonly Problem[] {
  if (complaints.length === 0) return [];
  const document = readYaml(facts.path, bytes()).documents[0];
  if (document === undefined) return [];
  return complaints
    .map(({ callee, environment, message }) => {
      const pointer = callee === undefined ? "/metadata/name" : callPointer(document, facts, callee, environment);
      return problemAt(document, pointer, message);
    })
    .sort(byPlace);
}

function* complaintsAbout(facts: AgentFacts, shared: SharedInputs, around: Neighbours): Generator<Crossed> {
  let count = 0;
  for (const callee of facts.calls) {
    for (const one of calls(facts, callee, shared, around)) {
      yield one;
      count += 1;
      if (count >= MAX_PROBLEMS) return;
    }
  }
}

/** A complaint about the agent's name, or about a peer it calls, in an environment perhaps. */
interface Crossed {
  readonly callee?: AgentKey;
  readonly environment?: string | undefined;
  readonly message: string;
}

/** Peers of other tenants that do not let the agent in: what to write, and who has to. */
function uninvited(facts: AgentFacts, shared: SharedInputs, around: Pick<Neighbours, "facts">): readonly Crossed[] {
  return facts.callsAcross.flatMap(({ callee, environments }): readonly Crossed[] => {
    const peer = around.facts(callee);
    if (peer === undefined) return [];
    const present = environments.filter((environment) => peer.environments.includes(environment));
    const missing = withoutConsent(facts, peer, present, shared);
    if (missing.length === 0) return [];
    const [tenant = "", name = ""] = facts.key.split("/");
    const owner = callee.slice(0, callee.indexOf("/"));
    const where = missing.length < facts.environments.length ? ` in ${missing.join(", ")}` : "";
    const entry = `{appId: ${name}, namespace: ${facts.namespace}}`;
    const message = `tenant ${owner} does not let ${facts.key} call ${callee}${where}; its owners may add ${entry} to spec.access.callers in ${peer.path}, or ${tenant} to spec.accepts in tenants/${owner}.yaml; until then remove the peer`;
    return [{ callee, environment: missing[0], message }];
  });
}

function claims(facts: AgentFacts, around: Neighbours): readonly Crossed[] {
  const others = around.claimants(facts.key).filter((path) => path !== facts.path);
  if (others.length === 0) return [];
  return [
    {
      message: `agent ${facts.key} is also in ${listed(others)}; keep one file (names that differ only by case count as one)`,
    },
  ];
}

function appIds(facts: AgentFacts, around: Neighbours): readonly Crossed[] {
  const name = facts.key.slice(facts.key.indexOf("/") + 1);
  const others = around
    .sameAppId(facts.namespace, name)
    .filter((key) => key !== facts.key && meets(facts, around.facts(key)));
  if (others.length === 0) return [];
  return [
    { message: `app-id ${name} in namespace ${facts.namespace} is also ${listed(others)}'s; rename one of them` },
  ];
}

/** The first few of them, and how many more there are. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).join(", ");
  return names.length > MOST_SHOWN ? `${shown} and ${names.length - MOST_SHOWN} more` : shown;
}

const MOST_SHOWN = 5;

function meets(facts: AgentFacts, other: AgentFacts | undefined): boolean {
  return other?.environments.some((environment) => facts.environments.includes(environment)) ?? true;
}

function calls(facts: AgentFacts, callee: AgentKey, shared: SharedInputs, around: Neighbours): readonly Crossed[] {
  if (callee === facts.key) return [{ callee, message: "the agent names itself as a peer; remove it" }];
  const peer = around.facts(callee);
  if (peer === undefined) {
    const owner = callee.slice(0, callee.indexOf("/"));
    const isTenant = shared.tenants.has(owner) || shared.broken?.tenants.has(owner) === true;
    const isThere = around.claimants(callee).length > 0;
    if (isThere && isTenant) return [];
    if (isThere)
      return [{ callee, message: `${callee} belongs to no tenant; add tenants/${owner}.yaml, or name another peer` }];
    return [{ callee, message: `unknown agent ${callee}; ${nearestKey(callee, shared, around)}` }];
  }
  const absent = facts.environments.filter((environment) => !peer.environments.includes(environment));
  if (absent.length === 0) return [];
  return [
    {
      callee,
      message: `${callee} is not in ${absent.join(", ")}; add the environment to its tenant, or name another peer`,
    },
  ];
}

function nearestKey(callee: AgentKey, shared: SharedInputs, around: Neighbours): string {
  const [tenant = "", name = ""] = callee.split("/");
  const keys = around.keys();
  const inTenant = keys.filter((key) => key.startsWith(`${tenant}/`));
  const elsewhere = keys.find((key) => key.endsWith(`/${name}`));
  if (elsewhere !== undefined) return `did you mean ${JSON.stringify(elsewhere)}? Then write its namespace too`;
  if (inTenant.length > 0) return didYouMean(callee, inTenant, `add agents/${callee}.yaml, or name another peer`);
  return didYouMean(tenant, shared.tenants.keys(), `add agents/${callee}.yaml, or name another peer`);
}

/**
 * Where the spec names a peer: in the overlay of the environment, where that is given; in its own tools, in any overlay's,
 * or else in the template's.
 */
function callPointer(
  document: YamlDocument,
  facts: AgentFacts,
  callee: AgentKey,
  environment: string | undefined,
): JsonPointer {
  const tenant = facts.key.slice(0, facts.key.indexOf("/"));
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
  return "/spec/template/ref";
}

function keyOf(peer: unknown, tenant: string): AgentKey | undefined {
  if (!isMap(peer)) return undefined;
  return `${String(peer.namespace ?? tenant)}/${String(peer.name)}`;
}
