import { type ChangeCounts, leastTrust } from "../../domain/record/change-counts.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { ChangeRecord } from "./change-record.ts";
import { countChanges, takenBackBy } from "./count-changes.ts";

/** Whose record is asked for: what a `ChangeRecord` calls its source, and the tenants that a change touches. */
export interface TrustSubject {
  readonly source: string;
  readonly tenants: readonly string[];
}

/**
 * What became of the source's earlier changes since a moment, in the tenant with the least trust. A change that was merged at an
 * unknown moment counts as one of this time, where it was opened in it.
 */
export function trustIn(
  records: readonly ChangeRecord[],
  { source, tenants }: TrustSubject,
  since: Instant,
): ChangeCounts {
  const takenBack = takenBackBy(records);
  const own = records
    .filter((one) => one.source === source)
    .map(({ openedAt, endedAt = openedAt, ...rest }) => ({ ...rest, openedAt, endedAt }));
  const inTime = (at: Instant | undefined) => at !== undefined && at >= since;
  return leastTrust(
    tenants.map((tenant) =>
      countChanges(
        own.filter((one) => one.tenant === tenant),
        takenBack,
        inTime,
      ),
    ),
  );
}
