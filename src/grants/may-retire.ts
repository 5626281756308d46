import type { AgentFacts, AgentKey, Lookup } from "../domain/fleet.ts";
import { answerOf, type GrantAnswer, refusal } from "./refusal.ts";

/** No line is deeper. */
const MOST_DEPTH = 10;

/** Whether an agent may ask for the end of another one: only of those that it, or one below it, asked for. */
export function mayRetire(asker: AgentKey, agent: AgentKey, facts: Lookup<Pick<AgentFacts, "lineage">>): GrantAnswer {
  let lineage = facts.get(agent)?.lineage?.lineage;
  for (let steps = 0; lineage !== undefined && lineage.owner === undefined && steps < MOST_DEPTH; steps += 1) {
    if (lineage.createdBy.agent === asker) return { kind: "granted" };
    lineage = facts.get(lineage.createdBy.agent)?.lineage?.lineage;
  }
  const message = `${asker} did not ask for ${agent}, nor did an agent below it; a person can retire it`;
  return answerOf([refusal("not-a-descendant", message)]);
}
