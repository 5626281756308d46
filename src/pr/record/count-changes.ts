import type { ChangeCounts } from "../../domain/record/change-counts.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import type { ChangeRecord } from "./change-record.ts";

/** What became of these pull requests, of those that ended in a time; `takenBack` are the numbers that `takenBackBy` gives. */
export function countChanges(
  records: readonly ChangeRecord[],
  takenBack: ReadonlySet<number>,
  inTime: (at: Instant | undefined) => boolean,
): ChangeCounts {
  const ended = (result: ChangeRecord["result"]) =>
    records.filter((one) => one.result === result && inTime(one.endedAt));
  const merged = ended("merged");
  return {
    ...{ merged: merged.length, refused: ended("refused").length },
    verified: merged.filter(({ became }) => became === "verified").length,
    worse: merged.filter(({ became }) => became === "worse").length,
    reverted: merged.filter(({ number }) => takenBack.has(number)).length,
  };
}

/** The numbers of the pull requests that merged ones took back. */
export function takenBackBy(records: readonly ChangeRecord[]): ReadonlySet<number> {
  return new Set(
    records.flatMap(({ result, takesBack }) => (result === "merged" && takesBack !== undefined ? [takesBack] : [])),
  );
}
