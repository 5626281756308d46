import type { Alert } from "../../domain/alert/alert.ts";
import type { Issue } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";

/** What planning an incident needs: the pass, and what the forge holds about earlier incidents. */
export interface IncidentContext {
  readonly pass: Pass;
  /** The newest ended pull request of each branch. */
  readonly ended: ReadonlyMap<string, PullRequest>;
  /** The issue of each key. */
  readonly issues: ReadonlyMap<string, Issue>;
  /** How many changes of each agent could still be proposed today when the pass began, for agents that were asked for. */
  readonly changesLeft: Map<AgentKey, number>;
  /** Whether pull requests and issues could all be read. */
  readonly complete: boolean;
}

/** What planning these units needs of the forge; `issues` are those of the pass, by their keys. Throws ForgeError. */
export async function incidentContextOf(
  pass: Pass,
  units: readonly IncidentUnit[],
  issues: IncidentContext["issues"],
): Promise<IncidentContext> {
  const { forge, world } = pass;
  const unopened = units.map((unit) => branchFor(unit.cause)).filter((branch) => !forge.open.has(branch));
  const ended = unopened.length === 0 ? { pulls: [], complete: true } : await world.forge.pullRequests(unopened);
  return {
    pass,
    ended: new Map(ended.pulls.map((pull) => [pull.branch, pull])),
    issues,
    changesLeft: new Map(),
    complete: forge.complete && ended.complete && forge.issues.complete,
  };
}

const HOUR = 3_600_000;

/** How long no change is proposed for an incident after one was merged or refused, in milliseconds. */
export function cooldownOf({ remedy }: Pick<IncidentUnit, "remedy">): number {
  return remedy?.cooldownMs ?? HOUR;
}

/** Whether a person closed a pull request without merging it. */
export function isRefused({ state, closedByBot }: PullRequest): boolean {
  return state === "closed" && !closedByBot;
}

/** When the first alert that fires now started; where none fires, when the first of all started. */
export function beganAt(alerts: readonly Alert[]): Instant {
  const firing = alerts.filter((alert) => alert.status === "firing");
  return Math.min(...(firing.length > 0 ? firing : alerts).map((alert) => alert.startsAt));
}

/** How long an alert whose beginning nobody knows counts as the one that a person answered: a week, in milliseconds. */
const WEEK = 7 * 24 * HOUR;

/** The moment since which the alerts fire without a break, as far as that is known: an issue closed after it was about them. */
export function firingSince(alerts: readonly Alert[]): Instant {
  const isUnknown = alerts.some((alert) => alert.status === "firing" && alert.isStartUnknown === true);
  return beganAt(alerts) - (isUnknown ? WEEK : 0);
}
