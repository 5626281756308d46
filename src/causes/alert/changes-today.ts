import { causeOf } from "../../domain/branch-name.ts";
import { isRemedyCause } from "../../domain/cause.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Pass } from "../../pass/pass.ts";
import { decodeMarker } from "../../pr/marker.ts";
import type { Subject } from "./evidence/subject.ts";

const DAY = 86_400_000;

/** How many pull requests of remedies may still be opened about an agent today, by its `supervision.maxChangesPerDay`. */
export function changesLeftToday({ forge, world }: Pass, { agent, environment }: Subject): number {
  const most = agent.environments.get(environment)?.spec.supervision.maxChangesPerDay ?? 3;
  const now = world.now();
  const today = (forge.recent ?? []).filter((pull) => {
    const cause = causeOf(pull.branch);
    if (!isRemedyCause(cause) || now - pull.createdAt >= DAY) return false;
    if (cause.agent === agent.key) return true;
    // One for a whole tenant names its agents in its marker, unless somebody else wrote that.
    if (!pull.textByBot) return cause.agent === `${agent.tenant}/*`;
    return agentsIn(pull).has(agent.key);
  });
  return most - today.length;
}

/** The agents that a pull request changes, by its marker. Cached, since every incident of a tenant reads all pull requests. */
function agentsIn(pull: PullRequest): ReadonlySet<AgentKey> {
  const known = AGENTS.get(pull) ?? new Set(decodeMarker(pull.body)?.edits.map((edit) => edit.agent));
  AGENTS.set(pull, known);
  return known;
}

const AGENTS = new WeakMap<PullRequest, ReadonlySet<AgentKey>>();
