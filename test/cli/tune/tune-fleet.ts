import type { Outcome } from "../../../src/domain/decision.ts";
import { agent, alertingFleet, HOUR, NOW, type Readings } from "../../support/cli/alerting-fleet.ts";

export const DAY = 24 * HOUR;
/** A Wednesday; the fleet was merged nine days before, and the last Monday was two days ago. */
export const WEDNESDAY = NOW + 9 * DAY;

/** A merged fleet of these agents of acme, with a remedy of its own; each query that is asked is noted in `asked`. */
export async function tuneFleet(
  remedy: string,
  readings: Readings,
  names: readonly string[] = ["triage"],
  asked: string[] = [],
) {
  const agents = Object.fromEntries(names.map((name) => [name, agent(name)]));
  const fleet = await alertingFleet(agents, readings, "", async (query) => {
    asked.push(query);
  });
  fleet.place.commit({
    "policies/weekly.yaml": `apiVersion: raos.dev/v1alpha1\nkind: Remedy\nmetadata: {name: weekly}\n${remedy}`,
  });
  return fleet;
}

/** The outcomes of clocks and queries, as texts: `opened acme/triage weekly: reason`. */
export function tuneTexts(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ cause }) => cause === "tune")
    .map(
      ({ kind, agent: key, remedy, reason }) => `${kind} ${key} ${remedy}${reason === undefined ? "" : `: ${reason}`}`,
    );
}
