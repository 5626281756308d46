import type { AgentSpec } from "../../../domain/agent/agent.ts";
import type { SharedInputs } from "../../../domain/fleet.ts";
import { baseUnits } from "../../../domain/values/quantity.ts";
import type { SpecFault } from "./spec-fault.ts";

/** Requests and limits above the most that the tenant's LimitRange lets a container have: no pod would start. */
export function tenantLimits({ runtime }: AgentSpec, shared: SharedInputs, tenant: string): readonly SpecFault[] {
  const max = shared.tenants.get(tenant)?.spec.limits?.max;
  return (["requests", "limits"] as const).flatMap((kind) =>
    (["cpu", "memory"] as const).flatMap((name) => {
      const [amount, most] = [runtime.resources?.[kind]?.[name], max?.[name]];
      if (amount === undefined || most === undefined) return [];
      if ((baseUnits(amount) ?? 0) <= (baseUnits(most) ?? Number.POSITIVE_INFINITY)) return [];
      return [
        {
          path: ["runtime", "resources", kind, name],
          message: `${amount} is more than tenant ${tenant} lets a container have; write at most ${most}`,
        },
      ];
    }),
  );
}
