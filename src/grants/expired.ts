import type { AgentKey } from "../domain/fleet.ts";
import type { Instant } from "../domain/values/scalars.ts";
import type { LineageMember, LineageView } from "./lineage-view.ts";

/** An agent whose time is over, and since when. */
export interface Expired {
  readonly agent: AgentKey;
  readonly since: Instant;
}

/** When an agent's time is over, by the grant of the one that asked for it; undefined where people have it, or nothing says. */
export function endOfTime(
  { lineage }: Pick<LineageMember, "lineage">,
  factsOf: LineageView["factsOf"],
): Instant | undefined {
  const granted = factsOf(lineage.createdBy.agent)?.grant?.createAgents;
  return lineage.owner !== undefined || granted === undefined ? undefined : lineage.createdAt + granted.timeToLive;
}

/** The agents whose time is over, the earliest first. Each is retired by a pull request of its own, or a person takes it over. */
export function expired({ members, factsOf }: LineageView, now: Instant): readonly Expired[] {
  const over = members.flatMap((member): readonly Expired[] => {
    const since = member.state === "reserved" ? undefined : endOfTime(member, factsOf);
    return since === undefined || since > now ? [] : [{ agent: member.agent, since }];
  });
  return over.sort((a, b) => a.since - b.since || (a.agent < b.agent ? -1 : 1));
}
