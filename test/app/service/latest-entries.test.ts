import { expect, test } from "vitest";
import { latestEntries } from "../../../src/app/service/latest-entries.ts";
import type { Alert } from "../../../src/domain/alert/alert.ts";
import { BEGAN, ownAlert } from "../../support/alerts/alert-of.ts";

/** Which of two senders' reports of one alert counts, whichever comes first. */
function reportThatCounts(one: Partial<Alert>, other: Partial<Alert>): readonly (Alert | undefined)[] {
  const entries = [one, other].map((more) => ({
    alert: ownAlert("support/a", {}, more),
    ...{ receivedAt: BEGAN, origin: undefined, isListed: false, isHandled: false, tries: 0, triedAt: 0 },
  }));
  return [entries, entries.toReversed()].flatMap((list) => latestEntries(list).map(({ alert }) => alert));
}

test.each<readonly [string, Partial<Alert>, Partial<Alert>]>([
  ["one that fires counts before an end", { noData: "NoData" }, { endsAt: BEGAN + 2 }],
  ["one that was measured counts before one that was not", {}, { noData: "Error", startsAt: BEGAN + 1 }],
  ["a measured end counts", { endsAt: BEGAN + 2 }, { endsAt: BEGAN + 3, startsAt: BEGAN + 1, noData: "MissingSeries" }],
])("of two senders' reports, %s", (_, wanted, other) => {
  expect(reportThatCounts(wanted, other)).toMatchObject([wanted, wanted]);
  expect(reportThatCounts(wanted, other).map((alert) => alert?.noData)).toEqual([wanted.noData, wanted.noData]);
});
