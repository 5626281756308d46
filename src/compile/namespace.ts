import type { SharedInputs } from "../domain/fleet.ts";

/** The Kubernetes namespace of a tenant; a tenant nobody has written yet has its name for one. */
export function namespaceOf(tenant: string, shared: Pick<SharedInputs, "tenants">): string {
  return shared.tenants.get(tenant)?.spec.namespace ?? tenant;
}
