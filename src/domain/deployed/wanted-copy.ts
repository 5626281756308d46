import type { Fleet } from "../fleet.ts";
import type { ChartCopy } from "./chart-copy.ts";

/** What a tenant's folder for the copy has to hold in an environment. */
export type WantedCopy =
  | { readonly kind: "copy"; readonly copy: ChartCopy }
  /** The chart is from a registry, or the tenant is not in the environment. */
  | { readonly kind: "none" }
  /** There is no valid chart in the repository: what is deployed stays as it is. */
  | { readonly kind: "as-it-is" };

/** What a tenant's copy of the chart has to be in an environment; none for a tenant without a file. */
export function wantedCopy(
  tenant: string,
  environment: string,
  { config, tenants, chart }: Pick<Fleet, "config" | "tenants" | "chart">,
): WantedCopy {
  const own = tenants.get(tenant);
  const isThere = config.spec.environments.some(({ name }) => name === environment);
  const isIn = isThere && own !== undefined && (own.spec.environments?.includes(environment) ?? true);
  if (!isIn || "oci" in config.spec.chart) return { kind: "none" };
  return chart === undefined ? { kind: "as-it-is" } : { kind: "copy", copy: chart };
}
