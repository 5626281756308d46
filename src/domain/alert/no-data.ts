/**
 * Why Grafana reports a state that no data point led to. The words of its annotation `grafana_state_reason`
 * (https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/); "Unknown"
 * stands for a word that is not in this list.
 */
export const NO_DATA_REASONS = [
  "NoData",
  "Error",
  "MissingSeries",
  "Paused",
  "Updated",
  "RuleDeleted",
  "KeepLast",
  "Unknown",
] as const;
export type NoDataReason = (typeof NO_DATA_REASONS)[number];

type Texts = Readonly<Record<string, string>>;

const STATE_REASON = "grafana_state_reason";
/** The alerts that Grafana raises in place of a rule's own, which `rulename` names. */
const REPLACEMENTS: ReadonlyMap<string, NoDataReason> = new Map([
  ["DatasourceNoData", "NoData"],
  ["DatasourceError", "Error"],
]);

/** An alert before it is known whether data led to it. */
interface Report {
  readonly name: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly status: "firing" | "resolved";
}

/** Why no data led to the present state of an alert, firing or resolved; undefined where its rule was evaluated on data. */
export function noDataReasonOf({ name, labels, annotations, status }: Report): NoDataReason | undefined {
  const given = annotations[STATE_REASON] ?? labels[STATE_REASON] ?? "";
  // Several reasons are one text, such as "NoData, KeepLast".
  const words = given.split(",").map((word) => word.trim());
  const known = NO_DATA_REASONS.find((reason) => words.includes(reason));
  if (known !== undefined) return known;
  if (words.some((word) => word !== "")) return "Unknown";
  // Where such an alert ends without a reason, its rule reads data again.
  return status === "firing" ? REPLACEMENTS.get(name) : undefined;
}

/** The name of the rule that an alert is about: Grafana's DatasourceNoData and DatasourceError name the rule in a label. */
export function ruleNameOf({ name, labels }: { readonly name: string; readonly labels: Texts }): string {
  return REPLACEMENTS.has(name) ? (labels.rulename ?? name) : name;
}
