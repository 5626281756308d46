import { type Ancestor, descendantsOf } from "../ancestors.ts";
import type { LineageView, RequestedAgent } from "../lineage-view.ts";
import { type GrantRefusal, refusal } from "../refusal.ts";
import { takesPlaceBefore } from "./counted.ts";

const DAY = 86_400_000;

/** Whether there is a place for the agent below each of those above it, whether it is near enough, and whether it was asked for in time. */
export function numberRefusals(
  asked: Pick<RequestedAgent, "agent" | "lineage" | "isNew">,
  ancestors: readonly Ancestor[],
  view: LineageView,
): readonly GrantRefusal[] {
  const tooDeep = ancestors.flatMap(({ agent, depth, grant }) => {
    const generations = asked.lineage.depth - depth;
    if (generations <= grant.maxDepth) return [];
    const message = `${asked.agent} would be generation ${generations} below ${agent}, which may have ${grant.maxDepth}; let an agent nearer to ${agent} ask for it`;
    return [refusal("too-deep", message)];
  });
  if (!asked.isNew) return tooDeep;
  const tooMany = ancestors.flatMap(({ agent, grant }) => {
    const others = descendantsOf(agent, asked.lineage.root, view.members).filter(takesPlaceBefore(asked));
    if (others.length < grant.max) return [];
    const open = others.filter(({ state }) => state === "reserved").length;
    const waiting = open === 0 ? "" : `, ${open} of them in open pull requests`;
    const message = `${agent} has ${others.length === 1 ? "1 agent" : `${others.length} agents`} below it${waiting}, and may have ${grant.max}; retire one first`;
    return [refusal("too-many-agents", message)];
  });
  return [...tooDeep, ...tooMany, ...rateRefusals(asked, ancestors, view)];
}

/** Counted by the times that requests were made, those that led to nothing, too: else an agent could ask without end. */
function rateRefusals(
  { lineage }: Pick<RequestedAgent, "lineage">,
  [parent]: readonly Ancestor[],
  { members, requests }: LineageView,
): readonly GrantRefusal[] {
  if (parent === undefined) return [];
  const { createdAt, request } = lineage;
  const isRecent = (at: number) => at > createdAt - DAY && at <= createdAt;
  const made = [
    ...members.map((member) => ({
      id: member.lineage.request,
      asker: member.lineage.createdBy.agent,
      at: member.lineage.createdAt,
    })),
    ...requests,
  ].filter(({ id, asker, at }) => asker === parent.agent && id !== request && isRecent(at));
  const count = new Set(made.map(({ id }) => id)).size;
  if (count < parent.grant.perDay) return [];
  const message = `${parent.agent} asked for ${count} agents within 24 hours, and may ask for ${parent.grant.perDay}; ask again later`;
  return [refusal("rate-exceeded", message)];
}
