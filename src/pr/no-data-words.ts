import type { Alert } from "../domain/alert/alert.ts";
import type { NoDataReason } from "../domain/alert/no-data.ts";
import { prose } from "./markdown.ts";

/** Why no data was measured, and what to do about it: one sentence for each reason. */
const SENTENCES: Readonly<Record<NoDataReason, string>> = {
  NoData: "The query of the alert's rule returns no data. Check that the metrics are still scraped.",
  Error: "The alert's rule cannot be evaluated. Check the data source and the rule's query.",
  MissingSeries: "The series that the alert was about is gone. Check that its metrics are still scraped.",
  Paused: "The alert's rule is paused in Grafana.",
  Updated: "The alert's rule was changed in Grafana and has not been evaluated on data since.",
  RuleDeleted: "The alert's rule was deleted in Grafana.",
  KeepLast: "The alert's rule keeps its last state, since it reads no data now. Check the data source.",
  Unknown: "Grafana gives a reason for the alert's state other than data. See grafana_state_reason in the alert.",
};

/**
 * What the reader of an issue has to know where no data led to the present state of its alerts; it begins with a space. Empty
 * where one that fires was measured, or all ended on data.
 */
export function noDataWords(alerts: readonly Alert[]): string {
  const firing = alerts.filter((alert) => alert.status === "firing");
  const [first] = (firing.length > 0 ? firing : alerts)
    .filter((alert) => alert.noData !== undefined)
    .toSorted((a, b) => a.startsAt - b.startsAt);
  if (first?.noData === undefined || firing.some((alert) => alert.noData === undefined)) return "";
  const what =
    firing.length > 0
      ? "No data was measured, so no change is proposed."
      : "It ended without data, so it is not known whether all is well: close this issue if it is.";
  // Grafana puts the data source's own message into this annotation.
  const error = alerts.map(({ annotations }) => annotations.Error).find((text) => text);
  return ` ${what} ${SENTENCES[first.noData]}${error === undefined ? "" : ` Grafana reports: ${prose(error, 400)}`}`;
}
