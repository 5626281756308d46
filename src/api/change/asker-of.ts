import type { Asker } from "../../commands/requests/note-refusal.ts";
import type { Visit } from "../access/visit.ts";

/**
 * Who asks, with the agent at the top of its line; it stands for itself where that one is gone, or people took the line over. A person
 * has none, nor an agent that is gone.
 */
export function askerOf({ principal, read: { survey } }: Visit): Asker {
  if (principal.kind === "person") return { from: principal, root: undefined };
  const facts = survey.fleet.facts.get(principal.agent);
  const lineage = facts?.lineage?.lineage;
  const isBelow = lineage !== undefined && lineage.owner === undefined && survey.pathOf(lineage.root) !== undefined;
  return { from: principal, root: isBelow ? lineage.root : facts?.key };
}
