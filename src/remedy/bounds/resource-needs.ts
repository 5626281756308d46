import type { Tenant } from "../../domain/kinds/kinds.ts";
import { at } from "../../domain/values/json.ts";
import { baseUnits } from "../../domain/values/quantity.ts";
import type { Json } from "../../domain/values/scalars.ts";

/** What an agent with its maximum of replicas needs of its tenant: cores, bytes and pods. */
export interface ResourceNeeds {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

const RESOURCES = ["cpu", "memory"] as const;
type Resource = (typeof RESOURCES)[number];

/** The request that a tenant's LimitRange gives to a container without a request, where the tenant sets no default. */
const DEFAULT_REQUEST: Readonly<Record<Resource, number>> = { cpu: 0.1, memory: 64 * 2 ** 20 };
/** Maximum of replicas of an autoscaler where the spec names none. */
const DEFAULT_MOST_REPLICAS = 10;

/**
 * What the spec in effect needs with its maximum of replicas, Dapr's sidecar included. A container without a request gets the
 * one that Kubernetes and the tenant's LimitRange give it: its limit, else the tenant's default limit, else its maximum.
 */
export function resourceNeedsOf(spec: Json, tenant: Tenant | undefined): ResourceNeeds {
  const pods = replicasOf(spec);
  const perPod = (resource: Resource) => requestOf(spec, resource, tenant) + sidecarOf(spec, resource, tenant);
  return { cpu: pods * perPod("cpu"), memory: pods * perPod("memory"), pods };
}

/**
 * Whether the agent alone would need more than its tenant's quota, or a container more than the tenant's
 * limits; and more than before.
 */
export function isOverQuota(before: Json, after: Json, tenant: Tenant | undefined): boolean {
  const { quota, limits } = tenant?.spec ?? {};
  const [old, fresh] = [resourceNeedsOf(before, tenant), resourceNeedsOf(after, tenant)];
  const checks: readonly (readonly [before: number, after: number, limit: number | undefined])[] = [
    ...RESOURCES.map((name) => [old[name], fresh[name], unitsOf(quota?.[name])] as const),
    [old.pods, fresh.pods, quota?.pods],
    ...RESOURCES.map((name) => [largest(before, name), largest(after, name), unitsOf(limits?.max?.[name])] as const),
  ];
  // Sums of floating-point numbers are not exact.
  return checks.some(([before, after, limit]) => limit !== undefined && after > limit * (1 + 1e-9) && after > before);
}

/** Whether the container would request more than its limit, which Kubernetes refuses. The tenant's default is a limit too. */
export function isOverLimit(spec: Json, tenant: Tenant | undefined): boolean {
  const { default: defaults, max } = tenant?.spec.limits ?? {};
  return [...RESOURCES, "ephemeral-storage" as const].some((name) => {
    const own = name === "ephemeral-storage" ? undefined : (defaults?.[name] ?? max?.[name]);
    const limit = unitsAt(spec, "runtime", "resources", "limits", name) ?? unitsOf(own);
    const request = unitsAt(spec, "runtime", "resources", "requests", name);
    return request !== undefined && limit !== undefined && request > limit;
  });
}

function replicasOf(spec: Json): number {
  const [min, max] = [at(spec, "scaling", "min"), at(spec, "scaling", "max")];
  const fewest = typeof min === "number" ? min : 1;
  const scales = at(spec, "scaling", "hpa") !== undefined || at(spec, "scaling", "keda") !== undefined;
  return scales ? Math.max(typeof max === "number" ? max : DEFAULT_MOST_REPLICAS, fewest) : fewest;
}

function requestOf(spec: Json, resource: Resource, tenant: Tenant | undefined): number {
  const given = (kind: string) => unitsAt(spec, "runtime", "resources", kind, resource);
  return given("requests") ?? given("limits") ?? defaultRequest(resource, tenant);
}

function sidecarOf(spec: Json, resource: Resource, tenant: Tenant | undefined): number {
  if (at(spec, "dapr", "enabled") === false) return 0;
  const given = (kind: string) => unitsAt(spec, "dapr", "sidecar", `${resource}${kind}`);
  return given("Request") ?? given("Limit") ?? defaultRequest(resource, tenant);
}

function defaultRequest(resource: Resource, tenant: Tenant | undefined): number {
  const { quota, limits } = tenant?.spec ?? {};
  // A tenant without quota and limits has no LimitRange.
  if (quota === undefined && limits === undefined) return 0;
  return unitsOf(limits?.default?.[resource] ?? limits?.max?.[resource]) ?? DEFAULT_REQUEST[resource];
}

function largest(spec: Json, resource: Resource): number {
  const given = (kind: string) => unitsAt(spec, "runtime", "resources", kind, resource) ?? 0;
  return Math.max(given("requests"), given("limits"));
}

function unitsAt(spec: Json, ...path: readonly string[]): number | undefined {
  return unitsOf(at(spec, ...path));
}

function unitsOf(value: Json | undefined): number | undefined {
  return typeof value === "string" || typeof value === "number" ? baseUnits(value) : undefined;
}
