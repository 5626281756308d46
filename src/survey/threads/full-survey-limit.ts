import { assertInTime, untilDeadline } from "../../deadline/deadline.ts";
import { createGate } from "../../deadline/gate.ts";

/** Most full surveys at the same time in this process: each uses every core, and much memory. */
const inTurn = createGate(2);

/**
 * Runs work that reads a whole fleet; waits while two others run. Many passes may wait for a remote at the same time, but only
 * a few may compute. Throws DeadlineError where the pass ends while it waits.
 */
export function limitFullSurveys<T>(work: () => Promise<T>): Promise<T> {
  return untilDeadline(
    inTurn(async () => {
      assertInTime();
      return work();
    }),
  );
}
