import type { Alert, Sender } from "../domain/alert.ts";
import type { Instant } from "../domain/scalars.ts";
import { type AlertProgress, HANDLED } from "../incidents/desk.ts";
import type { AlertBoard, Entry, Progress } from "../queue/alert-board.ts";

/** Ends of a process in the middle of an alert after which it rests, and for how long, in milliseconds. */
const MOST_TRIES = 5;
const REST = 3_600_000;

/**
 * How far one pass comes with the alerts of these boards, written down as it goes (`note`): where the process ends in the
 * middle, the next one begins with what is new, and sees which alerts it was about.
 */
export function createProgress(
  boardOf: (sender: Sender) => AlertBoard,
  note: () => void,
  now: () => Instant,
): AlertProgress & { end(how: "ended" | "given-up" | "failed"): void } {
  const begun = new Map<string, readonly { readonly alert: Alert; readonly before: Entry }[]>();
  const entryOf = ({ sender, fingerprint }: Alert) => boardOf(sender).get(fingerprint);
  const mark = ({ sender, fingerprint }: Alert, progress: Partial<Progress>) =>
    boardOf(sender).mark(fingerprint, progress);
  const takeBack = (branch: string): void => {
    for (const { alert, before } of begun.get(branch) ?? [])
      mark(alert, { tries: before.tries, triedAt: before.triedAt });
    begun.delete(branch);
  };
  return {
    rank(alert) {
      const entry = entryOf(alert);
      if (entry === undefined) return 0;
      if (entry.tries >= MOST_TRIES) return now() - entry.triedAt < REST ? undefined : MOST_TRIES;
      if (entry.tries > 0) return entry.tries;
      return entry.isHandled ? HANDLED : 0;
    },
    begin(branch, alerts) {
      const entries = alerts.flatMap((alert) => {
        const before = entryOf(alert);
        return before === undefined ? [] : [{ alert, before }];
      });
      begun.set(branch, entries);
      for (const { alert, before } of entries) mark(alert, { tries: before.tries + 1, triedAt: now() });
      note();
    },
    done(branch, isWell) {
      if (!isWell) return takeBack(branch);
      for (const { alert, before } of begun.get(branch) ?? []) {
        // Reported anew meanwhile: that has not been acted upon.
        const isSame = entryOf(alert)?.alert === before.alert;
        mark(alert, isSame ? { isHandled: true, tries: 0 } : { tries: 0 });
      }
      begun.delete(branch);
    },
    end(how) {
      if (how !== "failed") for (const branch of [...begun.keys()]) takeBack(branch);
      note();
    },
  };
}
