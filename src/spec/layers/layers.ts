import type { Origin } from "../../domain/fleet.ts";
import type { AgentFields, AgentFile, Config, Model, Tenant } from "../../domain/kinds/kinds.ts";
import { valueAt } from "../values.ts";
import { type Layer, overlayAll } from "./merge.ts";
import { modelLayer, modelNamedBy } from "./model-layer.ts";

/** An agent's own layers, lowest first: its template's, its file's, and an overlay for each environment that has one. */
export interface Layers {
  readonly template: AgentFields | undefined;
  readonly own: AgentFields;
  readonly overlays: ReadonlyMap<string, AgentFields>;
  /** The Models that these layers name, without those that do not exist. */
  readonly models: ReadonlyMap<string, Model>;
}

/** Divides an agent file's spec into the part for all environments and the overlays of single ones. */
export function layersOf(
  file: AgentFile,
  template: AgentFields | undefined,
  known: ReadonlyMap<string, Model>,
): Layers {
  const { environments, ...own } = file.spec;
  const overlays = new Map<string, AgentFields>();
  for (const [environment, fields] of Object.entries(environments ?? {})) {
    if (fields !== null) overlays.set(environment, fields);
  }
  const models = new Map<string, Model>();
  for (const layer of [template, own, ...overlays.values()]) {
    const name = modelNamedBy(layer);
    const model = name === undefined ? undefined : known.get(name);
    if (name !== undefined && model !== undefined) models.set(name, model);
  }
  return { template, own, overlays, models };
}

/** The layers that make up one environment, lowest first, without stage and schema defaults. */
export function declaredLayers(layers: Layers, environment: string): readonly Layer[] {
  return originLayers(layers, environment).map(([, layer]) => layer);
}

/**
 * As `declaredLayers`, each with its origin. A Model stands right below the layer that names it, and what layers below that one
 * say about the model does not count: a mixture of two models would be nobody's choice.
 */
export function originLayers(layers: Layers, environment: string): readonly OriginLayer[] {
  const written: readonly OriginLayer[] = [
    ...given("template", layers.template),
    ...given("agent", layers.own),
    ...given("environment", layers.overlays.get(environment)),
  ];
  if (layers.models.size === 0) return written;
  const all = written.map(([, layer]) => layer);
  const name = modelNamedBy(overlayAll(all));
  const model = name === undefined ? undefined : layers.models.get(name);
  if (model === undefined) return written;
  const start = all.findLastIndex((layer) => modelNamedBy(layer) === name);
  const provider = valueAt(overlayAll(all.slice(start)), ["model", "provider"]);
  const below = written.slice(0, start).map(([origin, layer]): OriginLayer => [origin, withoutModel(layer)]);
  return [...below, ["model", modelLayer(model, environment, provider)], ...written.slice(start)];
}

/** A layer, and what it is. */
export type OriginLayer = readonly [origin: Origin, layer: Layer];

function given(origin: Origin, layer: Layer | undefined): readonly OriginLayer[] {
  return layer === undefined ? [] : [[origin, layer]];
}

function withoutModel({ model: _, ...rest }: Layer): Layer {
  return rest;
}

/** Whether an agent is in an environment as it is everywhere: neither it nor a Model has an overlay for it. */
export function isPlainIn({ overlays, models }: Layers, environment: string): boolean {
  const differs = ({ spec }: Model) => valueAt(spec.environments, [environment]) !== undefined;
  return !overlays.has(environment) && ![...models.values()].some(differs);
}

/** Names of the environments a tenant's agents are in, in the order of raos.yaml. */
export function environmentsOf(config: Config, tenant: Tenant | undefined): readonly string[] {
  const only = tenant?.spec.environments;
  return config.spec.environments
    .map((environment) => environment.name)
    .filter((name) => only === undefined || only.includes(name));
}
