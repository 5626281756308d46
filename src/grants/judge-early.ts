import type { AgentKey } from "../domain/fleet.ts";
import type { Lineage } from "../domain/grant/lineage.ts";
import { ancestorsOf } from "./ancestors.ts";
import { belongingRefusals } from "./judge/judge-belonging.ts";
import { numberRefusals } from "./judge/judge-numbers.ts";
import type { LineageView } from "./lineage-view.ts";
import type { GrantRefusal } from "./refusal.ts";

/** A request for a new agent before anything is planned for it. Name and template are undefined where a model chooses them. */
export interface EarlyRequest {
  readonly agent: AgentKey | undefined;
  readonly template: string | undefined;
  readonly lineage: Lineage;
}

/**
 * What the grants above a new agent refuse whatever its spec says: some of what `grantRefusals` says of it, and nothing else. Nothing
 * means that the whole has to be judged. `view` may know less than there is: then less is refused.
 */
export function earlyRefusals({ agent, template, lineage }: EarlyRequest, view: LineageView): readonly GrantRefusal[] {
  const asked = { agent: agent ?? "the agent", template, lineage, isNew: true };
  const others = { ...view, members: view.members.filter((member) => member.agent !== agent) };
  const line = ancestorsOf(asked.agent, lineage, others, asked.isNew);
  if (line.kind === "refused") return [line];
  const [parent] = line.ancestors;
  const isNamed = parent !== undefined && agent !== undefined && template !== undefined;
  return [...(isNamed ? belongingRefusals(asked, parent) : []), ...numberRefusals(asked, line.ancestors, others)];
}
