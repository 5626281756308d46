import type { Budget } from "../budget.ts";
import type { Alert, Sender } from "../domain/alert.ts";
import type { Cause, Decision, StandingPull } from "../domain/change.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { StandingIssue } from "../domain/incident.ts";
import type { Instant } from "../domain/scalars.ts";
import type { DecisionLimits } from "../pr/decide.ts";
import { sendersIn } from "../pr/senders.ts";
import type { Setting, Step } from "../step.ts";
import type { IncidentUnit } from "./incident-units.ts";

/**
 * Alerts, firing and resolved. `whole`: they were read back from these senders, so that nothing else fires for them; true: for
 * anybody.
 */
export interface Reported {
  readonly alerts: readonly Alert[];
  readonly whole: boolean | readonly Sender[];
  /** Which work to begin with, and who is told how far it came; left out: none is before another. */
  readonly progress?: AlertProgress;
}

/** The rank of an alert that was acted upon as it is. */
export const HANDLED = 100;

/** How far the work on alerts has come, kept across the ends of processes. */
export interface AlertProgress {
  /**
   * 0: new; below `HANDLED`: how often the work on it began and did not come to an end, so that it may be what ended a process;
   * `HANDLED`: acted upon before. Lower ones go first. Undefined: work on it ended so too often, and it rests.
   */
  rank(alert: Alert): number | undefined;
  /** Work on the incident of that branch begins. */
  begin(branch: string, alerts: readonly Alert[]): void;
  /** Work on the incident of that branch came to an end; with `false`, to no good one: a forge did not answer. */
  done(branch: string, isWell: boolean): void;
}

/** Whether everybody who reported an incident was read back whole, by the body of its pull request or issue. */
export function isWholeFor(whole: Reported["whole"], { body }: { readonly body: string }): boolean {
  return typeof whole === "boolean" ? whole : sendersIn(body).every((sender) => whole.includes(sender));
}

/** What stood on the forge when the pass began, and what was opened since. */
export interface Standing {
  readonly budget: Budget;
  /** Open pull requests by branch. */
  readonly open: ReadonlyMap<string, StandingPull>;
  readonly issues: { readonly issues: readonly StandingIssue[]; readonly complete: boolean };
  /** Every pull request of the last week; undefined where that could not be read. */
  readonly recent: readonly StandingPull[] | undefined;
}

/** What every step about an incident is thought of on. */
export interface Desk extends Omit<Standing, "issues"> {
  readonly setting: Setting;
  /** The newest ended pull request of each branch. */
  readonly ended: ReadonlyMap<string, StandingPull>;
  readonly issues: ReadonlyMap<string, StandingIssue>;
  readonly complete: boolean;
}

/** When what fires now began; where nothing does, when the first of it had begun. */
export function beganAt(alerts: readonly Alert[]): Instant {
  const firing = alerts.filter((alert) => alert.status === "firing");
  return Math.min(...(firing.length > 0 ? firing : alerts).map((alert) => alert.startsAt));
}

const HOUR = 3_600_000;

/** How long an incident rests after a change was merged or refused, in milliseconds. */
export function cooldownOf({ remedy }: IncidentUnit): number {
  return remedy?.cooldownMs ?? HOUR;
}

/** Whether a person said no to a pull request. */
export function isRefused({ state, closedByBot }: StandingPull): boolean {
  return state === "closed" && !closedByBot;
}

/** What a decision has to keep to, as far as this pass has come. */
export function limitsOf({ setting, budget, complete }: Pick<Desk, "setting" | "budget" | "complete">): DecisionLimits {
  return {
    full: budget.full(),
    config: setting.seen.fleet.config,
    base: setting.base.branch,
    now: setting.world.now(),
    complete,
  };
}

/** A step that plans nothing. */
export function bare(unit: { readonly cause: Cause; readonly agents: readonly AgentKey[] }, decision: Decision): Step {
  const { cause, agents } = unit;
  return { cause, agents, changes: undefined, verdict: undefined, proposal: undefined, decision };
}
