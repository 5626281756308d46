import { inSlices } from "../../deadline/slices.ts";
import { tenantOf } from "../../domain/agent-key.ts";
import type { Cause } from "../../domain/cause.ts";
import type { Edit } from "../../domain/change-set.ts";
import type { AgentFacts, AgentKey, Fleet, Snapshot } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import type { RequestedChange, WrittenSpec } from "../../domain/request/agent-request.ts";
import type { Pass } from "../../pass/pass.ts";
import { pathsOfAgents, pathsOfTenants } from "../../pass/paths-of-agents.ts";
import { type Prepared, prepare } from "../../pass/prepare.ts";
import { editingSpecs, readEdited } from "../../plan/edited-specs.ts";
import { overlayFleet } from "../../plan/overlay-fleet.ts";
import { referenceProblems } from "../../spec/check/check-references.ts";
import { orphanSpecs } from "./orphan-specs.ts";

/** A request with the edits of present specs that it makes. */
export interface RequestedEdits {
  readonly requested: RequestedChange;
  readonly edits: readonly Edit[];
}

/**
 * Plans and judges a request: its agent, and everything else that is generated from the change, such as the access lists of the agents
 * that it calls, and the namespace where it is the tenant's first. Throws GitError.
 */
export async function prepareRequest(pass: Pass, { requested, edits }: RequestedEdits): Promise<Prepared> {
  const { request, written } = requested;
  const cause: Cause = { kind: "request", id: request.id };
  const isAboutOrphans = request.wants === "orphans";
  const further = isAboutOrphans || request.wants === "retire" ? await orphanSpecs(pass, request.agent) : [];
  const below = further.map(({ agent }) => agent);
  const files = [...written, ...further].map(({ file }) => file);
  const own = await pass.commit.slice([...pathsOfAgents([request.agent, ...below], pass), ...files]);
  const after = await readAfter(pass, own, { requested, edits });
  const facts = new Map([
    // What is generated for an agent that is gone is taken away as any drift is.
    ...(isAboutOrphans ? [] : [[request.agent, after.facts] as const]),
    ...further.map((spec) => [spec.agent, factsAfter(pass, own, spec)] as const),
  ]);
  const fleet = overlayFleet(pass.survey.fleet, facts);
  const related = [...facts].flatMap(([key, left]) => relatedAgents(pass, key, left)).filter((key) => !facts.has(key));
  const agents = [...facts.keys(), ...new Set(related)];
  const tenants = pass.world.store.agents.hasAgents(tenantOf(request.agent)) ? [] : [tenantOf(request.agent)];
  const snapshot = await pass.commit.slice([
    ...pathsOfAgents(agents, pass),
    ...files,
    ...pathsOfTenants(tenants, pass),
  ]);
  const prepared = await prepare(pass, { cause, agents, tenants, edits, requested, further, fleet }, snapshot);
  const removed = [...facts].flatMap(([key, left]) => (left === undefined ? [key] : []));
  const relations =
    isAboutOrphans || request.wants === "retire"
      ? callersOf(pass, removed, fleet)
      : relationProblems(pass, after, fleet);
  const problems = [...prepared.changes.problems, ...relations];
  return problems.length === prepared.changes.problems.length
    ? prepared
    : { ...prepared, changes: { ...prepared.changes, problems }, proposal: undefined };
}

interface After {
  /** Undefined: the agent is gone, or its file has Problems. */
  readonly facts: AgentFacts | undefined;
  readonly bytes: Uint8Array;
}

/** The agent's relations to others once the request is done. */
async function readAfter(pass: Pass, snapshot: Snapshot, { requested, edits }: RequestedEdits): Promise<After> {
  const { request, written } = requested;
  const { edited } = await inSlices(editingSpecs(snapshot, edits, written));
  const file = written.find(({ agent }) => agent === request.agent)?.file ?? pass.survey.pathOf(request.agent);
  const text = file === undefined ? undefined : edited.get(file);
  if (file === undefined || text === undefined) return { facts: undefined, bytes: new Uint8Array() };
  const { agent } = readEdited(file, snapshot, edited, pass.survey.fleet);
  return { facts: agent?.facts, bytes: Buffer.from(text) };
}

/** The relations of an agent whose file the request writes besides; undefined: it goes, too. */
function factsAfter(pass: Pass, snapshot: Snapshot, { file, text }: WrittenSpec): AgentFacts | undefined {
  if (text === undefined) return undefined;
  return readEdited(file, snapshot, new Map([[file, text]]), pass.survey.fleet).agent?.facts;
}

/** The agents whose generated files depend on whether this one calls them. */
function relatedAgents({ survey }: Pass, agent: AgentKey, after: AgentFacts | undefined): readonly AgentKey[] {
  const before = survey.fleet.facts.get(agent)?.calls ?? [];
  const now = after?.calls ?? [];
  const changed = [...before.filter((key) => !now.includes(key)), ...now.filter((key) => !before.includes(key))];
  return [...new Set(changed)].filter((key) => key !== agent && survey.fleet.facts.get(key) !== undefined).sort();
}

/** Agents that would still call one that goes; those that go with it call nobody any more. */
function callersOf({ survey }: Pass, removed: readonly AgentKey[], fleet: Fleet): readonly Problem[] {
  return removed.flatMap((agent): readonly Problem[] => {
    const [first, ...more] = (fleet.callers.get(agent) ?? []).filter((caller) => !removed.includes(caller));
    if (first === undefined) return [];
    const others = more.length > 0 ? ` and ${more.length} more` : "";
    const message = `${first}${others} calls ${agent}; take it from ${first}'s tools first`;
    return [{ file: survey.pathOf(agent) ?? "", line: 1, column: 1, pointer: "", message }];
  });
}

/** What is wrong between the agent and others: peers that are not there or do not consent. */
function relationProblems({ world }: Pass, { facts, bytes }: After, fleet: Fleet): readonly Problem[] {
  if (facts === undefined) return [];
  const { agents } = world.store;
  return referenceProblems(facts, () => bytes, fleet, {
    claimants: (key) => [...new Set([...agents.claimants(key), ...(key === facts.key ? [facts.path] : [])])],
    facts: (key) => fleet.facts.get(key),
    sameAppId: (namespace, name) => [...new Set([...agents.keysOfAppId(namespace, name), facts.key])].sort(),
    daprAgents: (namespace) => agents.daprAgents(namespace),
    keys: () => agents.keys(),
  });
}
