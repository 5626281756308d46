import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { endsByItself } from "../../../domain/agent/workload.ts";
import type { SharedInputs } from "../../../domain/fleet.ts";
import { baseUnits } from "../../../domain/values/quantity.ts";
import type { Quantity } from "../../../domain/values/scalars.ts";
import { POD, type Steps } from "./pod/pod-containers.ts";
import type { SpecFault } from "./spec-fault.ts";

type Amounts = { readonly cpu?: Quantity | undefined; readonly memory?: Quantity | undefined };
type Container = readonly [kind: "requests" | "limits", amounts: Amounts | undefined, pathOf: (name: string) => Steps];

/** Requests and limits above the most that the tenant's LimitRange lets a container have, or its quota holds: no pod would start. */
export function tenantLimits(spec: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const own = shared.tenants.get(tenant)?.spec;
  const max = own?.limits?.max;
  const above = containersOf(spec).flatMap(([, amounts, pathOf]) =>
    (["cpu", "memory"] as const).flatMap((name) => {
      const [amount, most] = [amounts?.[name], max?.[name]];
      if (amount === undefined || most === undefined || !isMore(amount, most)) return [];
      const message = `${amount} is more than tenant ${tenant} lets a container have; write at most ${most}`;
      return [{ path: pathOf(name), message }];
    }),
  );
  return above.length > 0 ? above : quotaFaults(spec, own?.quota, tenant);
}

function containersOf({ runtime, dapr }: AgentSpec): readonly Container[] {
  const kinds = ["requests", "limits"] as const;
  const sidecar = (kind: "requests" | "limits"): Container => {
    const field = kind === "requests" ? "Request" : "Limit";
    const amounts = { cpu: dapr.sidecar?.[`cpu${field}`], memory: dapr.sidecar?.[`memory${field}`] };
    return [kind, amounts, (name) => ["dapr", "sidecar", `${name}${field}`]];
  };
  return kinds.flatMap((kind): readonly Container[] => [
    [kind, runtime.resources?.[kind], (name) => ["runtime", "resources", kind, name]],
    ...(runtime.pod?.initContainers ?? []).map(({ resources }, index): Container => {
      const path = [...POD, "initContainers", index, "resources", kind];
      return [kind, resources?.[kind], (name) => [...path, name]];
    }),
    ...(dapr.enabled ? [sidecar(kind)] : []),
  ]);
}

/** What the fewest replicas request together: above the namespace's quota, some of them never start. */
function quotaFaults(
  { runtime, scaling, dapr }: AgentSpec,
  quota: (Amounts & { readonly pods?: number | undefined }) | undefined,
  tenant: string,
): readonly SpecFault[] {
  const replicas = endsByItself(runtime.workload) ? (runtime.job?.parallelism ?? 1) : (scaling.min ?? 1);
  const amounts = (["cpu", "memory"] as const).flatMap((name): readonly SpecFault[] => {
    const [request, most] = [runtime.resources?.requests?.[name], quota?.[name]];
    if (request === undefined || most === undefined) return [];
    const beside = dapr.enabled ? (baseUnits(dapr.sidecar?.[`${name}Request`] ?? 0) ?? 0) : 0;
    const all = replicas * ((baseUnits(request) ?? 0) + beside);
    if (all <= (baseUnits(most) ?? Number.POSITIVE_INFINITY)) return [];
    const message = `${counted(replicas)} of ${request} do not fit into the quota of tenant ${tenant}, ${most}; request less, or let the platform team raise spec.quota.${name}`;
    return [{ path: ["runtime", "resources", "requests", name], message }];
  });
  if (quota?.pods === undefined || replicas <= quota.pods) return amounts;
  const message = `${counted(replicas)} do not fit into the quota of tenant ${tenant}, ${quota.pods} pods; write less, or let the platform team raise spec.quota.pods`;
  return [...amounts, { path: ["scaling", "min"], message }];
}

function counted(replicas: number): string {
  return replicas === 1 ? "1 replica" : `${replicas} replicas`;
}

function isMore(amount: Quantity, most: Quantity): boolean {
  return (baseUnits(amount) ?? 0) > (baseUnits(most) ?? Number.POSITIVE_INFINITY);
}
