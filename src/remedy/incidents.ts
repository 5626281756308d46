import type { Alert } from "../domain/alert.ts";
import { variable } from "../domain/expression.ts";
import type { AlertReason, Incident } from "../domain/incident.ts";
import type { CompiledRemedy } from "./read-remedies.ts";
import { type Directory, whoseAlert } from "./whose-alert.ts";

/** The name that stands for a remedy where none answers an alert and a model is to look. */
export const UNKNOWN = "unknown-alert";

export interface Ignored {
  readonly alert: Alert;
  readonly reason: AlertReason;
  readonly message: string;
}

/**
 * Groups alerts into incidents, one for each agent, environment and remedy, and names why the others lead to none. What
 * comes doubled or in another order changes nothing: of two reports of one alert the later decides. Sorted.
 */
export function incidentsOf(
  alerts: readonly Alert[],
  directory: Directory,
  remedies: readonly CompiledRemedy[],
): { readonly incidents: readonly Incident[]; readonly ignored: readonly Ignored[] } {
  const groups = new Map<string, { readonly first: Omit<Incident, "alerts">; readonly alerts: Alert[] }>();
  const ignored: Ignored[] = [];
  for (const alert of newest(alerts)) {
    const whose = whoseAlert(alert, directory);
    if (whose.kind === "none") {
      ignored.push({ alert, reason: whose.reason, message: whose.message });
      continue;
    }
    const remedy =
      remedyFor(alert, remedies)?.name ?? (directory.config.spec.model === undefined ? undefined : UNKNOWN);
    if (remedy === undefined) {
      ignored.push({ alert, reason: "no-remedy", message: "no remedy answers it, and no model is configured" });
      continue;
    }
    const { agent, environment } = whose;
    const key = JSON.stringify([agent, environment, remedy]);
    const group = groups.get(key) ?? { first: { agent, environment, remedy }, alerts: [] };
    group.alerts.push(alert);
    groups.set(key, group);
  }
  const incidents = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ ...group.first, alerts: group.alerts }));
  return { incidents, ignored };
}

/** The first remedy that names the alert and whose condition holds; one whose condition fails does not hold. */
export function remedyFor(alert: Alert, remedies: readonly CompiledRemedy[]): CompiledRemedy | undefined {
  const known = ANSWERING.get(remedies) ?? byAlert(remedies);
  ANSWERING.set(remedies, known);
  return known.get(alert.name)?.find((remedy) => {
    if (remedy.when === undefined) return true;
    const said = remedy.when.evaluate({ ...NOTHING, alert: variable(seen(alert)) });
    return said.kind === "value" && said.value === true;
  });
}

/** Remedies by the names of the alerts they answer: of a storm each alert asks. */
const ANSWERING = new WeakMap<readonly CompiledRemedy[], ReadonlyMap<string, readonly CompiledRemedy[]>>();

function byAlert(remedies: readonly CompiledRemedy[]): ReadonlyMap<string, readonly CompiledRemedy[]> {
  const answering = new Map<string, CompiledRemedy[]>();
  for (const remedy of remedies) {
    for (const name of new Set(remedy.alerts)) {
      const list = answering.get(name) ?? [];
      list.push(remedy);
      answering.set(name, list);
    }
  }
  return answering;
}

/** Incidents of one tenant that have one cause. */
export interface Fold {
  readonly tenant: string;
  readonly environment: string;
  readonly remedy: string;
  readonly incidents: readonly Incident[];
  /** The text they share: outside text. */
  readonly cause: string;
}

/** Agents that need to share a cause before it is taken for one. */
const LEAST = 3;

/** The firing incidents of one tenant, environment and remedy for which the remedy's `fold` gives the same text. */
export function foldsOf(incidents: readonly Incident[], remedies: readonly CompiledRemedy[]): readonly Fold[] {
  const byName = new Map(remedies.map((remedy) => [remedy.name, remedy]));
  const groups = Map.groupBy(incidents, (incident) => {
    const { agent, environment, remedy } = incident;
    const cause = causeOf(incident, byName.get(remedy));
    return cause === undefined ? "" : JSON.stringify([agent.slice(0, agent.indexOf("/")), environment, remedy, cause]);
  });
  return [...groups].flatMap(([key, list]) => {
    if (key === "" || list.length < LEAST) return [];
    const [tenant, environment, remedy, cause]: readonly string[] = JSON.parse(key);
    if (tenant === undefined || environment === undefined || remedy === undefined || cause === undefined) return [];
    return [{ tenant, environment, remedy, incidents: list, cause }];
  });
}

/** The cause that an incident's remedy says it may share with others, by its `fold`; undefined where there is none. */
export function causeOf({ alerts }: Incident, remedy: CompiledRemedy | undefined): string | undefined {
  const alert = alerts.find((one) => one.status === "firing");
  if (remedy?.fold === undefined || alert === undefined) return undefined;
  const said = remedy.fold.evaluate({ ...NOTHING, alert: variable(seen(alert)) });
  return said.kind === "value" && typeof said.value === "string" && said.value !== "" ? said.value : undefined;
}

const NOTHING = { agent: null, current: null, evidence: variable({}), spec: null };

/** An alert as expressions see it. */
export function seen({ name, labels, annotations, startsAt, status }: Alert) {
  return { name, labels, annotations, startsAt, status };
}

/** One of each alert, the latest word on it, in the order of their beginning. */
function newest(alerts: readonly Alert[]): readonly Alert[] {
  const kept = new Map<string, Alert>();
  for (const alert of alerts) {
    const other = kept.get(alert.fingerprint);
    if (other === undefined || isLater(alert, other)) kept.set(alert.fingerprint, alert);
  }
  return [...kept.values()].sort((a, b) => a.startsAt - b.startsAt || (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** Later beginnings are later words; of one beginning, the end is, and of two ends the later. The rest is by text: no matter which. */
function isLater(one: Alert, other: Alert): boolean {
  if (one.startsAt !== other.startsAt) return one.startsAt > other.startsAt;
  const [end, otherEnd] = [one.endsAt ?? Number.NEGATIVE_INFINITY, other.endsAt ?? Number.NEGATIVE_INFINITY];
  if (end !== otherEnd) return end > otherEnd;
  return textOf(one) > textOf(other);
}

function textOf({ annotations, generatorURL }: Alert): string {
  return JSON.stringify([Object.entries(annotations).sort(), generatorURL ?? ""]);
}
