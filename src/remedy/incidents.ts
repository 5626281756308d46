import { tenantOf } from "../domain/agent-key.ts";
import type { Alert } from "../domain/alert/alert.ts";
import type { AlertReason, Incident } from "../domain/alert/incident.ts";
import { ruleNameOf } from "../domain/alert/no-data.ts";
import { variable } from "../domain/expression/expression.ts";
import { type FleetDirectory, findAlertOwner } from "./alert-owner.ts";
import type { CompiledRemedy } from "./compiled-remedy.ts";
import { measuredLabels } from "./owner/measured-labels.ts";

/** The name used where no remedy answers an alert and a model investigates. */
export const UNKNOWN_ALERT = "unknown-alert";

interface IncidentGroup {
  readonly first: Omit<Incident, "alerts">;
  readonly alerts: Alert[];
}

export interface Ignored {
  readonly alert: Alert;
  readonly reason: AlertReason;
  readonly message: string;
}

/**
 * Groups alerts into incidents, one for each agent, environment and remedy, and says why the other alerts lead to none.
 * Repeated or reordered alerts change nothing: of two reports of one alert the later one counts. Sorted.
 */
export function incidentsOf(
  alerts: readonly Alert[],
  directory: FleetDirectory,
  remedies: readonly CompiledRemedy[],
): { readonly incidents: readonly Incident[]; readonly ignored: readonly Ignored[] } {
  const groups = new Map<string, IncidentGroup>();
  const ignored: Ignored[] = [];
  for (const alert of latestReports(alerts)) {
    const owner = findAlertOwner(alert, directory);
    if (owner.kind === "none") {
      ignored.push({ alert, reason: owner.reason, message: owner.message });
      continue;
    }
    // A model investigates one agent.
    const hasModel = directory.config.spec.model !== undefined && !owner.isTenantWide;
    const remedy = remedyFor(alert, remedies)?.name ?? (hasModel ? UNKNOWN_ALERT : undefined);
    if (remedy === undefined) {
      ignored.push({ alert, reason: "no-remedy", message: "no remedy answers it, and no model can be asked" });
      continue;
    }
    const { agent, environment, isTenantWide } = owner;
    const key = JSON.stringify([agent, environment, remedy, isTenantWide]);
    const first = { agent, environment, remedy, ...(isTenantWide ? { isTenantWide } : {}) };
    const group: IncidentGroup = groups.get(key) ?? { first, alerts: [] };
    group.alerts.push(alert);
    groups.set(key, group);
  }
  const incidents = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ ...group.first, alerts: group.alerts }));
  return { incidents, ignored };
}

/** The first remedy that names the alert and whose condition is true; a condition that fails counts as false. */
export function remedyFor(alert: Alert, remedies: readonly CompiledRemedy[]): CompiledRemedy | undefined {
  const index = REMEDIES_BY_ALERT.get(remedies) ?? indexByAlert(remedies);
  REMEDIES_BY_ALERT.set(remedies, index);
  return index.get(ruleNameOf(alert))?.find((remedy) => isAnswering(remedy, alert));
}

/** Whether a remedy's condition on the alert is true; one that fails counts as false. */
export function isAnswering({ when }: CompiledRemedy, alert: Alert): boolean {
  if (when === undefined) return true;
  const result = when.evaluate({ ...UNSET, alert: variable(alertVariable(alert)) });
  return result.kind === "value" && result.value === true;
}

/** Remedies by the names of their alerts, kept since every alert of a storm looks them up. */
const REMEDIES_BY_ALERT = new WeakMap<readonly CompiledRemedy[], ReadonlyMap<string, readonly CompiledRemedy[]>>();

function indexByAlert(remedies: readonly CompiledRemedy[]): ReadonlyMap<string, readonly CompiledRemedy[]> {
  const answering = new Map<string, CompiledRemedy[]>();
  for (const remedy of remedies.filter(({ isEnabled }) => isEnabled)) {
    for (const name of new Set(remedy.alerts)) {
      const list = answering.get(name) ?? [];
      list.push(remedy);
      answering.set(name, list);
    }
  }
  return answering;
}

/** Incidents of one tenant, environment and remedy that share a cause. */
export interface Storm {
  readonly tenant: string;
  readonly environment: string;
  readonly remedy: string;
  readonly incidents: readonly Incident[];
  /** The text that their remedy's `fold` gives for all of them: untrusted. */
  readonly cause: string;
}

/** So many incidents with a shared text have a shared cause. */
const LEAST_IN_STORM = 3;

/** The firing incidents of one tenant, environment and remedy for which the remedy's `fold` gives the same text. */
export function findStorms(incidents: readonly Incident[], remedies: readonly CompiledRemedy[]): readonly Storm[] {
  const byName = new Map(remedies.map((remedy) => [remedy.name, remedy]));
  const groups = Map.groupBy(incidents, (incident) => {
    const { agent, environment, remedy } = incident;
    const cause = sharedCauseOf(incident, byName.get(remedy));
    return cause === undefined ? "" : JSON.stringify([tenantOf(agent), environment, remedy, cause]);
  });
  return [...groups].flatMap(([key, list]) => {
    if (key === "" || list.length < LEAST_IN_STORM) return [];
    const [tenant, environment, remedy, cause]: readonly string[] = JSON.parse(key);
    if (tenant === undefined || environment === undefined || remedy === undefined || cause === undefined) return [];
    return [{ tenant, environment, remedy, incidents: list, cause }];
  });
}

/** The text that the `fold` of an incident's remedy gives, by which it may share a cause with others; undefined without one. */
export function sharedCauseOf({ alerts, occasion }: Incident, remedy: CompiledRemedy | undefined): string | undefined {
  const alert = alerts.find((one) => one.status === "firing" && one.noData === undefined);
  // What a schedule or a query finds is the same work on each agent.
  if (occasion !== undefined && remedy !== undefined && remedy.fold === undefined) return remedy.name;
  if (remedy?.fold === undefined || alert === undefined) return undefined;
  const result = remedy.fold.evaluate({ ...UNSET, alert: variable(alertVariable(alert)) });
  return result.kind === "value" && typeof result.value === "string" && result.value !== "" ? result.value : undefined;
}

/** The variables that are not known before evidence is read. */
const UNSET = { agent: null, current: null, evidence: variable({}), spec: null };

/** An alert as expressions see it: `labels` are those of what was measured, `rawLabels` those that were sent. */
export function alertVariable({ name, labels, annotations, startsAt, status }: Alert) {
  return { name, labels: measuredLabels(labels), rawLabels: labels, annotations, startsAt, status };
}

/** The latest report of each alert, sorted by startsAt. */
function latestReports(alerts: readonly Alert[]): readonly Alert[] {
  const kept = new Map<string, Alert>();
  for (const alert of alerts) {
    const other = kept.get(alert.fingerprint);
    if (other === undefined || isLater(alert, other)) kept.set(alert.fingerprint, alert);
  }
  return [...kept.values()].sort((a, b) => a.startsAt - b.startsAt || (a.fingerprint < b.fingerprint ? -1 : 1));
}

/**
 * The later startsAt wins; for equal startsAt, resolved wins, then the later endsAt, then what was measured, then
 * the text, so that order never matters.
 */
function isLater(one: Alert, other: Alert): boolean {
  if (one.startsAt !== other.startsAt) return one.startsAt > other.startsAt;
  const [end, otherEnd] = [one.endsAt ?? Number.NEGATIVE_INFINITY, other.endsAt ?? Number.NEGATIVE_INFINITY];
  if (end !== otherEnd) return end > otherEnd;
  if ((one.noData === undefined) !== (other.noData === undefined)) return one.noData === undefined;
  return textOf(one) > textOf(other);
}

function textOf({ annotations, generatorURL }: Alert): string {
  return JSON.stringify([Object.entries(annotations).sort(), generatorURL ?? ""]);
}
