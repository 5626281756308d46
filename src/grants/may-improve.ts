import type { Edit } from "../domain/change-set.ts";
import type { AgentKey, GrantFacts } from "../domain/fleet.ts";
import { isAmong } from "./is-among.ts";
import { answerOf, type GrantAnswer, type GrantRefusal, refusal } from "./refusal.ts";

/**
 * Whether an agent may ask for changes of another one's spec, by `supervision.improves` of its own. Which values it may change is
 * bounded as a model's edits are: `remedy/bounds`.
 */
export function mayImprove(asker: AgentKey, grant: GrantFacts | undefined, agent: AgentKey): GrantAnswer {
  if (isAmong(agent, grant?.improves ?? [])) return { kind: "granted" };
  const message = `${asker} may not ask for changes of ${agent}; a person can add ${agent} to supervision.improves in agents/${asker}.yaml`;
  return answerOf([refusal("not-among-improved", message)]);
}

/** Edits that would change what an agent may do by itself, or who asked for it: only people do that. */
export function selfGrants(edits: readonly Edit[]): readonly GrantRefusal[] {
  const isSelfGrant = ({ by, at }: Edit) =>
    by !== "person" && /^(\/spec(\/environments\/[^/]+)?\/supervision|\/metadata)(\/|$)/.test(at);
  return edits
    .filter(isSelfGrant)
    .map(({ at }) => refusal("improves-own-grant", `${at} says what agents may do; only people change it`, at));
}
