import * as z from "zod";
import type { AgentKey } from "../domain/fleet.ts";
import type { World } from "../pass/world.ts";
import type { ReadRepository } from "./access/read-repository.ts";

/** An agent in a list. */
export const AgentSummary = z.strictObject({
  agent: z.string().describe("tenant/name"),
  file: z.string().describe("The file of its spec"),
  environments: z.array(z.string()),
  template: z.string().optional(),
  models: z.array(z.string()),
  calls: z.array(z.string()).describe("The agents that it calls"),
  hasProblems: z.boolean().describe("Whether its file has Problems, so that what runs is an earlier version"),
});

/** What a list says of an agent; the parts that Problems hide are as they were deployed last. */
export function agentSummary(
  key: AgentKey,
  { store }: World,
  { survey }: ReadRepository,
): z.infer<typeof AgentSummary> {
  const facts = survey.fleet.facts.get(key);
  return {
    agent: key,
    file: survey.pathOf(key) ?? "",
    environments: [...(facts?.environments ?? [])],
    ...(facts?.template === undefined ? {} : { template: facts.template }),
    models: [...(facts?.models ?? [])],
    calls: [...(facts?.calls ?? [])].slice(0, 100),
    hasProblems: store.facts(key) === undefined,
  };
}
