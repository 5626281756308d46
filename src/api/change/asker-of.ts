import type { Asker } from "../../commands/requests/note-refusal.ts";
import type { Visit } from "../access/visit.ts";

/** Who asks, with the agent at the top of its line; a person has none, nor an agent that is gone. */
export function askerOf({ principal, read }: Visit): Asker {
  if (principal.kind === "person") return { from: principal, root: undefined };
  const facts = read.survey.fleet.facts.get(principal.agent);
  return { from: principal, root: facts?.lineage?.lineage.root ?? facts?.key };
}
