import { causeOf } from "../../../domain/branch-name.ts";
import { isRemedyCause } from "../../../domain/cause.ts";
import type { AgentKey } from "../../../domain/fleet.ts";
import type { PullRequest } from "../../../domain/pull-request.ts";
import { decodeMarker } from "../../../pr/marker.ts";

/** The agents that each open pull request of a storm changes. */
export function coveredAgents(open: Iterable<PullRequest>): ReadonlyMap<string, ReadonlySet<AgentKey>> {
  const storms = [...open].filter(({ branch, textByBot }) => {
    const cause = causeOf(branch);
    return textByBot && isRemedyCause(cause) && cause.agent.endsWith("/*");
  });
  return new Map(
    storms.map(({ branch, body }) => [branch, new Set(decodeMarker(body)?.edits.map((edit) => edit.agent))]),
  );
}
