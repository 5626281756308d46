import type { Alert } from "../domain/alert/alert.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { concerned, type IncidentUnit } from "./incident-units.ts";

/** What the alerts of a unit show together. Only data shows that something is wrong, or that it is well again. */
export type IncidentState =
  | { readonly kind: "firing" }
  | { readonly kind: "resolved"; readonly at: Instant }
  /** What fires was not measured: the rule read no data, or could not be evaluated. */
  | { readonly kind: "firing-without-data"; readonly since: Instant }
  /** It ended since data is missing or the rule was changed: it is not known whether all is well. */
  | { readonly kind: "ended-without-data" };

/** The state of alerts; at least one. */
export function incidentStateOf(alerts: readonly Alert[]): IncidentState {
  const firing = alerts.filter((alert) => alert.status === "firing");
  if (firing.some(isMeasured)) return { kind: "firing" };
  const since = Math.min(...firing.map((alert) => alert.startsAt));
  if (firing.length > 0) return { kind: "firing-without-data", since };
  if (!alerts.every(isMeasured)) return { kind: "ended-without-data" };
  return { kind: "resolved", at: Math.max(...alerts.map((alert) => alert.endsAt ?? alert.startsAt)) };
}

/** Whether data led to the present state of an alert. */
export function isMeasured({ noData }: Alert): boolean {
  return noData === undefined;
}

/** The unit with only those alerts that are wanted, and only the incidents and agents that still have one. */
export function unitWith(unit: IncidentUnit, isWanted: (alert: Alert) => boolean): IncidentUnit {
  const incidents = unit.incidents
    .map((incident) => ({ ...incident, alerts: incident.alerts.filter(isWanted) }))
    .filter((incident) => incident.alerts.length > 0);
  const agents = new Set(incidents.map(concerned));
  return { ...unit, incidents, agents: unit.agents.filter((agent) => agents.has(agent)) };
}
