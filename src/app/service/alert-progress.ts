import type { Alert, Sender } from "../../domain/alert/alert.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { type AlertProgress, HANDLED } from "../../pass/reported-alerts.ts";
import type { AlertBoard, BoardEntry, Progress } from "../../queue/alert-board.ts";

/** After so many attempts that did not finish, an alert waits for `WAIT` milliseconds. */
const MOST_TRIES = 5;
const WAIT = 3_600_000;

/**
 * The progress of one pass with the alerts of these boards. `note` writes it to disk, so that after a crash the next process
 * knows which alerts this one was working on, and begins with the new ones.
 */
export function createProgress(
  boardOf: (sender: Sender) => AlertBoard,
  note: () => void,
  now: () => Instant,
): AlertProgress & { end(how: "ended" | "given-up" | "failed"): void } {
  const begun = new Map<string, readonly { readonly alert: Alert; readonly before: BoardEntry }[]>();
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
      if (entry.tries >= MOST_TRIES) return now() - entry.triedAt < WAIT ? undefined : MOST_TRIES;
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
        // It was reported again in the meantime: the new report was not acted on.
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
