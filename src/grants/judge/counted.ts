import type { LineageMember, RequestedAgent } from "../lineage-view.ts";

/**
 * Whether another agent takes its place before this one. Of two whose specs are on the default branch and for which nothing is
 * generated yet, the one that was asked for first does, so that one of them gets the last place and not none.
 */
export function takesPlaceBefore(asked: Pick<RequestedAgent, "agent" | "lineage">): (member: LineageMember) => boolean {
  return ({ state, lineage, agent }) => {
    switch (state) {
      case "deployed":
      case "reserved":
        return true;
      case "planned":
        return (
          lineage.createdAt < asked.lineage.createdAt ||
          (lineage.createdAt === asked.lineage.createdAt && agent < asked.agent)
        );
      default:
        return state satisfies never;
    }
  };
}
