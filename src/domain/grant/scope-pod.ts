import { canonicalJson } from "../values/canonical-json.ts";
import { at, isMapping, type Mapping } from "../values/json.ts";
import type { Json } from "../values/scalars.ts";

/**
 * Fields of `runtime.pod` that give an agent nothing, or are compared elsewhere. All others count, those to come, too.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  "terminationGracePeriodSeconds",
  "topologySpreadConstraints",
  "extendedResources",
]);
/** They give nothing unless they run a program in the agent's container. */
const HOOKS: ReadonlySet<string> = new Set(["startupProbe", "readinessProbe", "livenessProbe", "lifecycle"]);
/** Volumes that hold nothing of others. */
const HARMLESS_VOLUMES: readonly string[] = ["emptyDir", "ephemeral", "downwardAPI"];

/** What a pod asks for beyond the strict defaults: an entry for each value, which only the same value covers. */
export function podEntries(pod: Json): readonly string[] {
  if (!isMapping(pod)) return [];
  const own = new Set(listOf(pod.volumes).flatMap((each) => (isHarmlessVolume(each) ? [at(each, "name")] : [])));
  return Object.entries(pod).flatMap(([field, value]) => {
    if (HARMLESS.has(field) || (HOOKS.has(field) && !runsProgram(value))) return [];
    const values = Array.isArray(value) ? value : isMapping(value) ? fieldsOf(value) : [value];
    return values.filter((each) => !isOwn(field, each, own)).map((each) => `${field} ${canonicalJson(each)}`);
  });
}

/** Whether it is a volume that holds nothing of others, or is where the agent finds one. */
function isOwn(field: string, value: Json, own: ReadonlySet<Json | undefined>): boolean {
  if (field === "volumes") return isHarmlessVolume(value);
  return field === "volumeMounts" && own.has(at(value, "name"));
}

function runsProgram(value: Json): boolean {
  if (!isMapping(value)) return false;
  return Object.hasOwn(value, "exec") || Object.values(value).some(runsProgram);
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
  // External Secrets: which store, what of it, and under which name.
  if (isMapping(value.secretStoreRef)) return canonicalJson(value);
  const name = value.name ?? value.secretName;
  if (typeof name !== "string") return canonicalJson(value);
  return `${name}/${typeof value.key === "string" ? value.key : "*"}`;
}

function fieldsOf(value: Mapping): readonly Json[] {
  return Object.entries(value).map(([name, inner]) => ({ [name]: inner }));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function isHarmlessVolume(value: Json): boolean {
  if (!isMapping(value)) return false;
  const sources = Object.keys(value).filter((name) => name !== "name");
  return sources.every((source) => HARMLESS_VOLUMES.includes(source));
}
