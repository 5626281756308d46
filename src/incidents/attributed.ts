import type { Alert } from "../domain/alert.ts";
import type { Outcome } from "../domain/change.ts";
import { type Ignored, incidentsOf } from "../remedy/incidents.ts";
import type { Setting } from "../step.ts";
import { directoryOf } from "./directory.ts";

/** Whose these alerts are, and which are nobody's. */
export function attributed({ seen, policies }: Setting, alerts: readonly Alert[]): ReturnType<typeof incidentsOf> {
  return incidentsOf(alerts, directoryOf(seen.fleet), policies.remedies);
}

/** What alerts say of no agent of ours: one outcome for each reason and name of an alert. */
export function ignoredOutcomes(ignored: readonly Ignored[]): readonly Outcome[] {
  const firing = ignored.filter(({ alert }) => alert.status === "firing");
  const groups = Map.groupBy(firing, ({ alert, reason }) => `${reason}: ${alert.name}`);
  return [...groups]
    .map(([reason, list]): Outcome => {
      const times = list.length === 1 ? "" : ` (${list.length} alerts)`;
      return { cause: "alert", agent: "*", kind: "skipped", reason: `${reason}${times}` };
    })
    .sort((a, b) => ((a.reason ?? "") < (b.reason ?? "") ? -1 : 1));
}
