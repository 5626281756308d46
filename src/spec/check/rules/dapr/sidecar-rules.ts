import type { AgentSpec } from "../../../../domain/agent/agent.ts";
import { baseUnits } from "../../../../domain/values/quantity.ts";
import type { SpecFault } from "../spec-fault.ts";

/** The daprd container's requests and limits, and a framework that is nothing without it. */
export function daprContainer({ dapr, runtime }: AgentSpec): readonly SpecFault[] {
  const excess = (["cpu", "memory"] as const).flatMap((name): readonly SpecFault[] => {
    const [request, limit] = [dapr.sidecar?.[`${name}Request`], dapr.sidecar?.[`${name}Limit`]];
    if (request === undefined || limit === undefined) return [];
    if ((baseUnits(request) ?? 0) <= (baseUnits(limit) ?? Number.POSITIVE_INFINITY)) return [];
    const message = `request ${request} is more than limit ${limit}; lower the request, or raise the limit`;
    return [{ path: ["dapr", "sidecar", `${name}Request`], message }];
  });
  if (runtime.framework !== "dapr-agents" || dapr.enabled) return excess;
  const message = "dapr-agents is nothing without Dapr; write dapr.enabled: true, or another framework";
  return [...excess, { path: ["runtime", "framework"], message }];
}

/** Times of zero, after which a call has failed before it began. */
export function zeroTimes({ dapr, tools = [] }: AgentSpec): readonly SpecFault[] {
  const times: readonly (readonly [path: readonly (string | number)[], span: string | undefined])[] = [
    [["dapr", "resiliency", "timeout"], dapr.resiliency?.timeout],
    ...(dapr.subscriptions ?? []).map(
      ({ bulk }, index) => [["dapr", "subscriptions", index, "bulk", "maxAwait"], bulk?.maxAwait] as const,
    ),
    ...tools.flatMap((tool, index) =>
      (["streamableHTTP", "sse"] as const).map(
        (transport) =>
          [
            ["tools", index, "mcp", transport, "timeout"],
            "mcp" in tool ? tool.mcp[transport]?.timeout : undefined,
          ] as const,
      ),
    ),
  ];
  return times.flatMap(([path, span]) =>
    span === undefined || /[1-9]/.test(span) ? [] : [{ path, message: `${span} is no time at all; write such as 30s` }],
  );
}

/** A path after a collector's address, which Dapr takes for part of the host. */
export function collectors({ observability }: AgentSpec): readonly SpecFault[] {
  const { endpoint = "" } = observability.tracing ?? {};
  const more = /^(?:[a-z]{1,8}:\/\/)?[^/]+(\/.+)$/.exec(endpoint)?.[1];
  if (more === undefined) return [];
  const message = `Dapr puts the path after the collector's address itself; write it without ${more}`;
  return [{ path: ["observability", "tracing", "endpoint"], message }];
}
