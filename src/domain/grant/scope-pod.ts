import { isMapping, type Mapping } from "../values/json.ts";
import type { Json } from "../values/scalars.ts";

/**
 * Fields of `runtime.pod` that give an agent nothing: how long, where from and how often it is asked. All others count, those to
 * come, too.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  ...["volumeMounts", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"],
  ...["terminationGracePeriodSeconds", "topologySpreadConstraints", "extendedResources"],
]);
/** Volumes that hold nothing of others. */
const HARMLESS_VOLUMES: readonly string[] = ["emptyDir", "ephemeral", "downwardAPI"];

/** What a pod asks for beyond the strict defaults: an entry for each value, which only the same value covers. */
export function podEntries(pod: Json): readonly string[] {
  if (!isMapping(pod)) return [];
  return Object.entries(pod).flatMap(([field, value]) => {
    if (HARMLESS.has(field)) return [];
    const values = Array.isArray(value) ? value : isMapping(value) ? fieldsOf(value) : [value];
    return values.filter((each) => !isHarmlessVolume(field, each)).map((each) => `${field} ${canonical(each)}`);
  });
}

/**
 * Every reference to a Secret, wherever a spec may have one: `name/key`, or `name/*` for a whole one. A field whose name speaks of
 * secrets and whose shape is not known is an entry of its own, so that nothing is overlooked.
 */
export function secretEntries(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(secretEntries);
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    /secret/i.test(field) || field === "projected" ? namedSecrets(field, inner) : secretEntries(inner),
  );
}

function namedSecrets(field: string, value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => namedSecrets(field, each));
  if (typeof value === "string") return field === "secretKey" ? [] : [`${value}/*`];
  if (!isMapping(value)) return [];
  return field === "projected" ? secretEntries(value) : [namedSecret(value)];
}

function namedSecret(value: Mapping): string {
  // External Secrets: which store, and what of it.
  if (isMapping(value.secretStoreRef)) return `${canonical(value.secretStoreRef)} ${canonical(value.data ?? null)}`;
  const name = value.name ?? value.secretName;
  if (typeof name !== "string") return canonical(value);
  return `${name}/${typeof value.key === "string" ? value.key : "*"}`;
}

function fieldsOf(value: Mapping): readonly Json[] {
  return Object.entries(value).map(([name, inner]) => ({ [name]: inner }));
}

function isHarmlessVolume(field: string, value: Json): boolean {
  if (field !== "volumes" || !isMapping(value)) return false;
  const sources = Object.keys(value).filter((name) => name !== "name");
  return sources.every((source) => HARMLESS_VOLUMES.includes(source));
}

/** JSON with its keys sorted, so that equal values are equal texts. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}
