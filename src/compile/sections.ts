import type { EffectiveAgent, Fleet } from "../domain/fleet.ts";
import type { Json } from "../domain/scalars.ts";
import { a2a } from "./a2a.ts";
import { access } from "./access.ts";
import { dapr } from "./dapr.ts";
import type { MergedAgent } from "./merged-agent.ts";
import { model } from "./model.ts";
import { networking } from "./networking.ts";
import { monitoring, observability } from "./observability.ts";
import { runtime } from "./runtime.ts";
import { type ScalingMode, scaling } from "./scaling.ts";
import { section, sorted } from "./section.ts";
import { mcpServers, peers } from "./tools.ts";

/**
 * The values of charts/agent for one agent in one environment, in the order a reviewer reads them: who it is, what runs
 * and how much of it, what it may use, who may use it, how it is watched, and at the end what it is told. Only what differs from the chart's defaults.
 */
export function agentValues(agent: MergedAgent, effective: EffectiveAgent, mode: ScalingMode, fleet: Fleet): Json {
  const { environment, spec, prompt } = effective;
  return (
    section({
      tenant: agent.tenant,
      environment,
      stage: spec.stage,
      description: spec.description,
      version: spec.version,
      labels: sorted({ ...agent.labels, ...spec.labels }),
      runtime: section(runtime(spec, mode, fleet.config.spec.runtimeImage)),
      scaling: section(scaling(mode)),
      model: section(model(spec)),
      mcpServers: mcpServers(spec),
      peers: peers(spec, agent.tenant, fleet),
      dapr: section(dapr(spec, agent.name)),
      a2a: section(a2a(spec)),
      access: section(access(agent, effective, fleet)),
      networking: section(networking(spec)),
      observability: section(observability(spec)),
      monitoring: section(monitoring(fleet.config, mode)),
      instructions: prompt,
    }) ?? {}
  );
}
