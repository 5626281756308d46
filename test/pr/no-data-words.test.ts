import { expect, test } from "vitest";
import type { Alert } from "../../src/domain/alert/alert.ts";
import { noDataWords } from "../../src/pr/no-data-words.ts";
import { BEGAN, ownAlert } from "../support/alerts/alert-of.ts";

const fires = (more: Partial<Alert> = {}) => ownAlert("support/a", {}, more);
const ended = (more: Partial<Alert> = {}) => fires({ endsAt: BEGAN + 1, ...more });

test.each<readonly [string, readonly Alert[], string | RegExp]>([
  ["nothing where data was measured", [fires()], /^$/],
  ["nothing where one of them was measured", [fires({ noData: "Error" }), fires()], /^$/],
  ["nothing where all ended on data", [ended(), ended()], /^$/],
  [
    "what the earliest that fires says",
    [ended(), fires({ noData: "Error", startsAt: BEGAN + 5 }), fires({ noData: "NoData", startsAt: BEGAN + 3 })],
    / No data was measured, .* returns no data\. Check that the metrics are still scraped\.$/,
  ],
  [
    "that an end is not known",
    [ended(), ended({ noData: "MissingSeries" })],
    / close this issue if it is\. The series .* is gone\./,
  ],
  [
    "what Grafana reports, as text",
    [fires({ noData: "Error", annotations: { Error: "dial <b>\n\n# tcp" } })],
    / Grafana reports: [^\n<]*$/,
  ],
])("says %s", (_, alerts, words) => {
  expect(noDataWords(alerts)).toMatch(words);
});
