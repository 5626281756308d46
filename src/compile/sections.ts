import { isStock } from "../domain/agent/stock.ts";
import { endsByItself } from "../domain/agent/workload.ts";
import type { EffectiveAgent, Fleet } from "../domain/fleet.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { MergedAgent } from "./merged-agent.ts";
import { section, sorted } from "./section.ts";
import { a2a } from "./sections/a2a.ts";
import { access } from "./sections/access.ts";
import { dapr } from "./sections/dapr.ts";
import { withLineage } from "./sections/lineage.ts";
import { model } from "./sections/model.ts";
import { networking } from "./sections/networking.ts";
import { monitoring, observability } from "./sections/observability.ts";
import { runtime } from "./sections/runtime.ts";
import { boundTo, type ScalingMode, scaling } from "./sections/scaling.ts";
import { mcpServers, peers } from "./sections/tools.ts";

/**
 * The values of charts/agent for one agent in one environment, in the order in which a reviewer reads them: identity, what runs
 * and with how many resources, what it may use, who may use it, how it is monitored, and its instructions at the end. Values
 * that are the chart's defaults are left out.
 */
export function agentValues(agent: MergedAgent, effective: EffectiveAgent, mode: ScalingMode, fleet: Fleet): Json {
  const { environment, spec, prompt } = effective;
  const stock = isStock(spec, fleet.config.spec.runtimeImage);
  return (
    section({
      tenant: agent.tenant,
      environment,
      stage: spec.stage,
      description: spec.description,
      version: spec.version,
      labels: sorted({ ...agent.labels, ...spec.labels }),
      runtime: section(runtime(withLineage(spec, agent.facts), mode, fleet.config.spec.runtimeImage, stock)),
      scaling: endsByItself(spec.runtime.workload)
        ? undefined
        : section(scaling(boundTo(fleet.config, environment, mode))),
      model: section(model(spec)),
      limits: stock && spec.limits !== undefined ? section(spec.limits) : undefined,
      mcpServers: mcpServers(spec),
      peers: peers(spec, agent.tenant, fleet),
      dapr: section(dapr(spec, agent.name)),
      a2a: section(a2a(spec)),
      access: section(access(agent, effective, fleet)),
      networking: section(networking(spec)),
      observability: section(observability(spec, stock)),
      monitoring: section(monitoring(fleet.config, environment, mode)),
      instructions: prompt,
    }) ?? {}
  );
}
