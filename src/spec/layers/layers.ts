import type { AgentFields, AgentFile, Config, Tenant } from "../../domain/kinds/kinds.ts";
import type { Layer } from "./merge.ts";

/** An agent's own layers, lowest first: its template's, its file's, and an overlay for each environment that has one. */
export interface Layers {
  readonly template: AgentFields | undefined;
  readonly own: AgentFields;
  readonly overlays: ReadonlyMap<string, AgentFields>;
}

/** Divides an agent file's spec into the part for all environments and the overlays of single ones. */
export function layersOf(file: AgentFile, template: AgentFields | undefined): Layers {
  const { environments, ...own } = file.spec;
  const overlays = new Map<string, AgentFields>();
  for (const [environment, fields] of Object.entries(environments ?? {})) {
    if (fields !== null) overlays.set(environment, fields);
  }
  return { template, own, overlays };
}

/** The layers that make up one environment, lowest first, without stage and schema defaults. */
export function declaredLayers(layers: Layers, environment: string): readonly Layer[] {
  const overlay = layers.overlays.get(environment);
  return [layers.template, layers.own, overlay].filter((layer) => layer !== undefined);
}

/** Names of the environments a tenant's agents are in, in the order of raos.yaml. */
export function environmentsOf(config: Config, tenant: Tenant | undefined): readonly string[] {
  const only = tenant?.spec.environments;
  return config.spec.environments
    .map((environment) => environment.name)
    .filter((name) => only === undefined || only.includes(name));
}
