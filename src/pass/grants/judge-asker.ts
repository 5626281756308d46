import { isDeepStrictEqual } from "node:util";
import type { ChangeSet } from "../../domain/change-set.ts";
import type { Fleet } from "../../domain/fleet.ts";
import type { RequestedChange } from "../../domain/request/agent-request.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { mayImprove, selfGrants } from "../../grants/may-improve.ts";
import { mayRetire } from "../../grants/may-retire.ts";
import { newLineage } from "../../grants/new-lineage.ts";
import { type GrantRefusal, refusal } from "../../grants/refusal.ts";

type AskingAgent = Extract<Principal, { readonly kind: "agent" }>;

/** Why an agent may not make this request; nothing where a person makes it. `fleet` is as the change leaves it. */
export function judgeAsker(
  { request, written }: RequestedChange,
  changes: ChangeSet,
  present: Fleet,
  fleet: Fleet,
): readonly GrantRefusal[] {
  const { from, wants, agent } = request;
  if (from.kind === "person") return [];
  switch (wants) {
    case "create":
      return judgeCreation(from, request, fleet);
    case "change": {
      const answer = mayImprove(from.agent, present.facts.get(from.agent)?.grant, agent);
      const [before, after] = [present.facts.get(agent), fleet.facts.get(agent)];
      const isSame =
        isDeepStrictEqual(before?.lineage?.lineage, after?.lineage?.lineage) &&
        isDeepStrictEqual(before?.grant?.createAgents, after?.grant?.createAgents) &&
        isDeepStrictEqual(before?.grant?.improves, after?.grant?.improves);
      const whole = isSame && written.length === 0 ? [] : [refusal("improves-own-grant", GRANTS_CHANGE)];
      return [...(answer.kind === "granted" ? [] : [answer]), ...selfGrants(changes.edits), ...whole];
    }
    case "retire": {
      const answer = mayRetire(from.agent, agent, present.facts);
      return answer.kind === "granted" ? [] : [answer];
    }
    case "orphans":
      // It is what people wrote into the grant of an agent that is gone; no door lets anybody ask for it.
      return [];
    default:
      return wants satisfies never;
  }
}

const GRANTS_CHANGE = "the change is of who asked for the agent or of what it may ask for; only people change that";

/** What an agent asks for names that agent and this request, so that it is counted. */
function judgeCreation(
  from: AskingAgent,
  { agent, id }: RequestedChange["request"],
  fleet: Fleet,
): readonly GrantRefusal[] {
  const lineage = fleet.facts.get(agent)?.lineage?.lineage;
  const { createdBy, request } = lineage ?? {};
  if (createdBy?.agent === from.agent && createdBy.environment === from.environment && request === id) return [];
  const possible = newLineage({ ...from, request: id, at: 0 }, fleet.facts.get(from.agent));
  if (possible.kind === "refused") return [possible];
  const message = `${agent} does not say in its annotations that ${from.agent} asked for it by this request`;
  return [refusal("lineage-missing", message, "/metadata/annotations")];
}
