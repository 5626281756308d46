import type { Alert, Sender } from "../domain/alert/alert.ts";
import { sendersIn } from "../pr/senders.ts";

/** The alerts of a pass, firing and resolved. */
export interface ReportedAlerts {
  readonly alerts: readonly Alert[];
  /**
   * The senders whose active alerts were read back completely: an alert that they do not report does not fire. True: every
   * sender; false: none.
   */
  readonly whole: boolean | readonly Sender[];
  /** Ranks the alerts and records the progress of the work on them; left out: their order does not matter. */
  readonly progress?: AlertProgress;
}

/** For a pass without alerts: it is not known which alerts fire. */
export const NO_ALERTS: ReportedAlerts = { alerts: [], whole: false };

/** Whether a pass reads the forge's issues and ended pull requests when it begins: only alerts need them. */
export function needsHistory({ alerts, whole }: ReportedAlerts): boolean {
  return alerts.length > 0 || whole !== false;
}

/**
 * Whether every sender that reported an incident was read back completely, by the body of its pull request or issue: then it
 * has ended where no alert of this pass belongs to it.
 */
export function wereAllReadBack(whole: ReportedAlerts["whole"], { body }: { readonly body: string }): boolean {
  return typeof whole === "boolean" ? whole : sendersIn(body).every((sender) => whole.includes(sender));
}

/** The rank of an alert that was acted on in its present state. */
export const HANDLED = 100;

/** The progress of the work on alerts, kept on disk across restarts. */
export interface AlertProgress {
  /**
   * 0: new. 1 to below `HANDLED`: how often the work on it began and did not end; it may be the reason why the process stops.
   * `HANDLED`: acted on before. Lower ranks go first. Undefined: it failed too often and waits.
   */
  rank(alert: Alert): number | undefined;
  /** Work on the incident of this branch begins. */
  begin(branch: string, alerts: readonly Alert[]): void;
  /** The work on the incident of this branch ended; `isWell` is false where it failed because a forge did not answer. */
  done(branch: string, isWell: boolean): void;
}
