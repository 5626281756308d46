import type { Incident } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { PlanningWorld } from "../../pass/world.ts";
import { tuneCauseOf } from "../../remedy/incident-units.ts";
import type { OccasionReading } from "./read-occasions.ts";

/** After the evidence of a query that holds was read, it is read again only after six hours, in milliseconds. */
const AGAIN = 6 * 3_600_000;

/**
 * The incidents of which this process has not read the evidence already. That of a scheduled time never changes, since it is read as
 * of that time: so after a restart it is read once more, and the same comes of it.
 */
export function withoutSettled(
  readings: readonly OccasionReading[],
  { evidenceReadAt, now }: Pick<PlanningWorld, "evidenceReadAt" | "now">,
): readonly (readonly [OccasionReading["remedy"], Incident])[] {
  const isSettled = (incident: Incident) => {
    const readAt = evidenceReadAt.get(branchFor(tuneCauseOf(incident, incident.agent)));
    return readAt !== undefined && readAt >= settledSince(incident, now());
  };
  return readings.flatMap(({ remedy, incidents }) =>
    incidents.filter((one) => !isSettled(one)).map((one) => [remedy, one] as const),
  );
}

function settledSince({ occasion }: Incident, now: Instant): Instant {
  return occasion?.kind === "schedule" ? occasion.at : now - AGAIN;
}
