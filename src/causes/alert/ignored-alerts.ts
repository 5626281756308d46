import type { Outcome } from "../../domain/decision.ts";
import type { Ignored } from "../../remedy/incidents.ts";

/** Firing alerts that lead to no incident: one outcome for each reason and name of an alert. */
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
