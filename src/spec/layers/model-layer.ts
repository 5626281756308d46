import type { Model } from "../../domain/kinds/kinds.ts";
import { isMap, valueAt } from "../values.ts";
import { type Layer, overlay } from "./merge.ts";

/** What belongs to a provider: another provider has other names, addresses and keys. */
const OF_PROVIDER: ReadonlySet<string> = new Set(["name", "region", "endpoint", "apiKeySecretRef", "fallbacks"]);

/** The name of the Model that a layer uses; undefined where it names none. */
export function modelNamedBy(layer: unknown): string | undefined {
  const name = valueAt(layer, ["modelRef", "name"]);
  return typeof name === "string" ? name : undefined;
}

/**
 * What a Model gives in an environment to layers above that choose a provider (or none: undefined). Where they choose another
 * one than the Model's, nothing of the Model that belongs to its provider is left.
 */
export function modelLayer({ spec }: Model, environment: string, provider: unknown): Layer {
  const { tenants: _, environments, ...own } = spec;
  const differing = valueAt(environments, [environment]);
  const given = isMap(differing) ? overlay(forProvider(own, differing.provider), differing) : own;
  return { model: forProvider(given, provider) };
}

function forProvider(model: Layer, provider: unknown): Layer {
  if (typeof provider !== "string" || provider === model.provider) return model;
  return Object.fromEntries(Object.entries(model).filter(([field]) => !OF_PROVIDER.has(field)));
}
