import type { Agent, AgentFacts, AgentKey, Fleet, Snapshot } from "../../domain/fleet.ts";
import { byPlace, type Problem } from "../../domain/problem.ts";
import type { Path } from "../../domain/values/scalars.ts";
import { type OtherAgents, referenceProblems } from "../check/check-references.ts";
import { agentWarnings } from "../check/warnings/agent-warnings.ts";
import { agentsAround } from "../check/warnings/agents-around.ts";
import { sharedWarnings } from "../check/warnings/shared-warnings.ts";
import { agentPath, looksLikeAgent } from "./agent-path.ts";
import { readAgent } from "./read-agent.ts";
import { readChart } from "./read-chart.ts";
import { type Inherited, readShared } from "./read-shared.ts";

/** The result of reading a whole repository. */
export interface FleetReading {
  readonly fleet: Fleet;
  /** Agents without Problems; the Problems of one never remove another. */
  readonly agents: ReadonlyMap<AgentKey, Agent>;
  readonly problems: readonly Problem[];
  /** What is accepted and more often a mistake than meant: nothing is held up by it. */
  readonly warnings: readonly Problem[];
  /** False where raos.yaml is broken, so that nothing may be planned. */
  readonly usable: boolean;
  /** What raos.yaml inherits from the organisation's; undefined where there is none. */
  readonly inherited: Inherited | undefined;
}

/** Reads every spec of a snapshot, and keeps the whole fleet in memory. */
export function readFleet(snapshot: Snapshot): FleetReading {
  const { shared, problems: sharedProblems, usable, inherited } = readShared(snapshot);
  const chart = readChart(snapshot, shared.config);
  const problems: Problem[] = [...sharedProblems, ...chart.problems];
  const read = new Map<AgentKey, Agent>();
  const claims = new Map<string, Path[]>();
  const prompt = (path: Path) => (snapshot.oid(path) === undefined ? undefined : snapshot.read(path));
  for (const path of snapshot.list("agents")) {
    if (!looksLikeAgent(path)) continue;
    const reading = readAgent(path, snapshot.oid(path) ?? "", snapshot.read(path), shared, prompt);
    problems.push(...reading.problems);
    if (reading.agent !== undefined) read.set(reading.agent.key, reading.agent);
    const folded = agentPath(path)?.key.toLowerCase();
    if (folded === undefined) continue;
    const list = claims.get(folded) ?? [];
    list.push(path);
    claims.set(folded, list);
  }
  const others = otherAgents(read, claims);
  const agents = new Map<AgentKey, Agent>();
  for (const [key, agent] of read) {
    const crossed = referenceProblems(agent.facts, () => snapshot.read(agent.path), shared, others);
    problems.push(...crossed);
    if (crossed.length === 0) agents.set(key, agent);
  }
  const around = agentsAround(read);
  const warnings = [
    ...sharedWarnings(shared, snapshot),
    ...[...agents.values()].flatMap((agent) => agentWarnings(agent, () => snapshot.read(agent.path), shared, around)),
  ];
  return {
    fleet: { ...shared, chart: chart.copy, ...index(read) },
    agents,
    problems: problems.sort(byPlace),
    warnings: warnings.sort(byPlace),
    usable,
    inherited,
  };
}

function otherAgents(read: ReadonlyMap<AgentKey, Agent>, claims: ReadonlyMap<string, readonly Path[]>): OtherAgents {
  let known: readonly AgentKey[] | undefined;
  const keys = () => {
    known ??= [...read.keys()];
    return known;
  };
  const byAppId = Map.groupBy(read.values(), (agent) => `${agent.facts.namespace}/${agent.name}`);
  const fixed = Map.groupBy(
    [...read.values()].filter(({ facts }) => facts.daprAgents),
    (agent) => agent.facts.namespace,
  );
  return {
    claimants: (key) => claims.get(key.toLowerCase()) ?? [],
    facts: (key) => read.get(key)?.facts,
    sameAppId: (namespace, name) => (byAppId.get(`${namespace}/${name}`) ?? []).map((agent) => agent.key),
    daprAgents: (namespace) => (fixed.get(namespace) ?? []).map((agent) => agent.key),
    keys,
  };
}

function index(agents: ReadonlyMap<AgentKey, Agent>): {
  readonly facts: ReadonlyMap<AgentKey, AgentFacts>;
  readonly callers: ReadonlyMap<AgentKey, readonly AgentKey[]>;
} {
  const facts = new Map<AgentKey, AgentFacts>();
  const callers = new Map<AgentKey, AgentKey[]>();
  for (const agent of agents.values()) {
    facts.set(agent.key, agent.facts);
    for (const callee of agent.facts.calls) {
      const list = callers.get(callee) ?? [];
      list.push(agent.key);
      callers.set(callee, list);
    }
  }
  for (const list of callers.values()) list.sort();
  return { facts, callers };
}
