import type { SharedInputs } from "../domain/fleet.ts";

/** The Kubernetes namespace of a tenant; without a tenant file, the tenant's name. */
export function namespaceOf(tenant: string, shared: Pick<SharedInputs, "tenants" | "lastNamespaces">): string {
  return shared.tenants.get(tenant)?.spec.namespace ?? shared.lastNamespaces?.get(tenant) ?? tenant;
}
