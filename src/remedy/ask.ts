import { at } from "../domain/json.ts";
import type { Tenant } from "../domain/kinds.ts";
import { baseUnits } from "../domain/quantity.ts";
import type { Json } from "../domain/scalars.ts";

/** What an agent asks of its tenant at its most replicas, in cores, bytes and pods. */
export interface Ask {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

const RESOURCES = ["cpu", "memory"] as const;
type Resource = (typeof RESOURCES)[number];

/** What the LimitRange of a tenant gives a container that asks for nothing, where the tenant says nothing of it. */
const REQUEST_WHERE_UNSAID: Readonly<Record<Resource, number>> = { cpu: 0.1, memory: 64 * 2 ** 20 };
/** Most replicas of an autoscaler where the spec names none. */
const MOST_WHERE_UNSAID = 10;

/**
 * What the spec in effect asks for at its most replicas, Dapr's sidecar included. What a container does not say is what
 * Kubernetes and the tenant's LimitRange make of it: the limit is the request, else the tenant's default or ceiling is.
 */
export function askOf(spec: Json, tenant: Tenant | undefined): Ask {
  const pods = replicasOf(spec);
  const each = (resource: Resource) => requestOf(spec, resource, tenant) + sidecarOf(spec, resource, tenant);
  return { cpu: pods * each("cpu"), memory: pods * each("memory"), pods };
}

/** Whether the agent alone would ask for more than its tenant has, or a container for more than it may, and for more than before. */
export function isOverQuota(before: Json, after: Json, tenant: Tenant | undefined): boolean {
  const { quota, limits } = tenant?.spec ?? {};
  const [old, fresh] = [askOf(before, tenant), askOf(after, tenant)];
  const most: readonly (readonly [was: number, is: number, may: number | undefined])[] = [
    ...RESOURCES.map((name) => [old[name], fresh[name], unitsOf(quota?.[name])] as const),
    [old.pods, fresh.pods, quota?.pods],
    ...RESOURCES.map((name) => [largest(before, name), largest(after, name), unitsOf(limits?.max?.[name])] as const),
  ];
  // Sums of fractions are a little off.
  return most.some(([was, is, may]) => may !== undefined && is > may * (1 + 1e-9) && is > was);
}

/** Whether the container would request more than its limit, which Kubernetes refuses; the tenant's default is a limit, too. */
export function isOverLimit(spec: Json, tenant: Tenant | undefined): boolean {
  const { default: usual, max } = tenant?.spec.limits ?? {};
  return [...RESOURCES, "ephemeral-storage" as const].some((name) => {
    const own = name === "ephemeral-storage" ? undefined : (usual?.[name] ?? max?.[name]);
    const limit = unitsAt(spec, "runtime", "resources", "limits", name) ?? unitsOf(own);
    const request = unitsAt(spec, "runtime", "resources", "requests", name);
    return request !== undefined && limit !== undefined && request > limit;
  });
}

function replicasOf(spec: Json): number {
  const [min, max] = [at(spec, "scaling", "min"), at(spec, "scaling", "max")];
  const fewest = typeof min === "number" ? min : 1;
  const scales = at(spec, "scaling", "hpa") !== undefined || at(spec, "scaling", "keda") !== undefined;
  return scales ? Math.max(typeof max === "number" ? max : MOST_WHERE_UNSAID, fewest) : fewest;
}

function requestOf(spec: Json, resource: Resource, tenant: Tenant | undefined): number {
  const said = (kind: string) => unitsAt(spec, "runtime", "resources", kind, resource);
  return said("requests") ?? said("limits") ?? unsaid(resource, tenant);
}

function sidecarOf(spec: Json, resource: Resource, tenant: Tenant | undefined): number {
  if (at(spec, "dapr", "enabled") === false) return 0;
  const said = (kind: string) => unitsAt(spec, "dapr", "sidecar", `${resource}${kind}`);
  return said("Request") ?? said("Limit") ?? unsaid(resource, tenant);
}

function unsaid(resource: Resource, tenant: Tenant | undefined): number {
  const { quota, limits } = tenant?.spec ?? {};
  // Without a quota and limits the tenant has no LimitRange.
  if (quota === undefined && limits === undefined) return 0;
  return unitsOf(limits?.default?.[resource] ?? limits?.max?.[resource]) ?? REQUEST_WHERE_UNSAID[resource];
}

function largest(spec: Json, resource: Resource): number {
  const said = (kind: string) => unitsAt(spec, "runtime", "resources", kind, resource) ?? 0;
  return Math.max(said("requests"), said("limits"));
}

function unitsAt(spec: Json, ...path: readonly string[]): number | undefined {
  return unitsOf(at(spec, ...path));
}

function unitsOf(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? baseUnits(value) : undefined;
}
