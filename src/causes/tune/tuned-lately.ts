import type { Incident } from "../../domain/alert/incident.ts";
import { momentOf } from "../../domain/alert/occasion.ts";
import { causeOf } from "../../domain/branch-name.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Pass } from "../../pass/pass.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { decodeMarker } from "../../pr/marker.ts";
import type { CompiledRemedy } from "../../remedy/compiled-remedy.ts";
import { tuneCauseOf } from "../../remedy/incident-units.ts";

/** How long ago the last change of an agent by this kind of cause has to be, in milliseconds: a week, less what passes vary in time. */
const A_WEEK = 6.5 * 86_400_000;

/** The incidents that may lead to a change now, and a step for each that may not. */
export interface DampedIncidents {
  readonly fresh: readonly Incident[];
  readonly waiting: readonly Step[];
}

/**
 * Once a week and agent at most: holds back the incidents whose remedy would change an agent that a schedule's or a query's pull request
 * changed within a week. What only reports is not held back.
 */
export function tunedLately(
  { forge, world }: Pass,
  incidents: readonly (readonly [CompiledRemedy, Incident])[],
): DampedIncidents {
  const now = world.now();
  const changes = (forge.recent ?? []).flatMap(changesOf);
  const fresh: Incident[] = [];
  const waiting: Step[] = [];
  for (const [remedy, incident] of incidents) {
    const since = momentOf(incident.occasion, now) - A_WEEK;
    const last = changes.find(
      ({ pull, agent, environment }) =>
        agent === incident.agent && environment === incident.environment && pull.createdAt > since,
    );
    if (last === undefined || remedy.edits.length === 0) fresh.push(incident);
    else {
      const cause = tuneCauseOf(incident, incident.agent);
      const decision = { kind: "skip", reason: "cool-down", pull: last.pull } as const;
      waiting.push(stepWithoutPlan({ cause, agents: [incident.agent] }, decision));
    }
  }
  return { fresh, waiting };
}

interface EndedChange {
  readonly pull: PullRequest;
  readonly agent: AgentKey;
  readonly environment: string;
}

/** The agents that an ended pull request changed, or would have; none of one that is open, or that the bot closed itself. */
function changesOf(pull: PullRequest): readonly EndedChange[] {
  const cause = causeOf(pull.branch);
  if (cause?.kind !== "tune" || pull.state === "open" || pull.closedByBot || !pull.openedByBot) return [];
  const { environment } = cause;
  const agents = cause.agent.endsWith("/*")
    ? [...new Set(decodeMarker(pull.body)?.edits.map(({ agent }) => agent))]
    : [cause.agent];
  return agents.map((agent) => ({ pull, agent, environment }));
}
