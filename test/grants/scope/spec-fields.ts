import * as fc from "fast-check";
import * as z from "zod";
import { AgentSpec } from "../../../src/domain/agent/agent.ts";
import { valuesOf } from "../../support/specs/arbitrary-value.ts";
import { unwrapped } from "../../support/specs/unwrapped.ts";

/** A value of a spec that has no fields of its own: a text, a number, a list of texts, a map. */
export interface Leaf {
  /** Such as `tools[].mcp.allow`. */
  readonly path: string;
  readonly steps: readonly Step[];
}

type Step = { readonly kind: "key"; readonly key: string } | { readonly kind: "entry" } | Option;
/** One of the shapes that a value may have. */
interface Option {
  readonly kind: "option";
  readonly index: number;
}

/** Every leaf of an agent's spec, each place of a shared shape by itself. */
export function leavesOfSpec(): readonly Leaf[] {
  const found = new Map<string, Leaf>();
  walk(AgentSpec, "", [], found);
  return [...found.values()];
}

function walk(schema: unknown, path: string, steps: readonly Step[], found: Map<string, Leaf>): void {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodObject) {
    for (const [key, field] of Object.entries(bare.shape))
      walk(field, path === "" ? key : `${path}.${key}`, [...steps, { kind: "key", key }], found);
  } else if (bare instanceof z.ZodArray && holdsObjects(bare.element))
    walk(bare.element, `${path}[]`, [...steps, { kind: "entry" }], found);
  else if (bare instanceof z.ZodUnion && holdsObjects(bare))
    for (const [index, option] of bare.options.entries())
      walk(option, path, [...steps, { kind: "option", index }], found);
  else if (!found.has(path)) found.set(path, { path, steps });
}

function holdsObjects(schema: unknown): boolean {
  const bare = unwrapped(schema);
  return bare instanceof z.ZodObject || (bare instanceof z.ZodUnion && bare.options.every(holdsObjects));
}

/** Two specs; one value of each may be missing, and all else is the same. */
export interface TwoSpecs {
  readonly one: unknown;
  readonly other: unknown;
}

/**
 * Pairs of specs that differ in nothing but a leaf: in its value, or, where it may be left out, in whether it is there. They hold
 * only what the leaf needs around it.
 */
export function differingAt({ steps }: Leaf): fc.Arbitrary<TwoSpecs> {
  return pairAt(AgentSpec, steps);
}

function pairAt(schema: unknown, [step, ...rest]: readonly Step[]): fc.Arbitrary<TwoSpecs> {
  if (step === undefined) {
    const present = valuesOf(unwrapped(schema));
    return fc.record({
      one: present,
      other: isOptional(schema) ? fc.option(present, { nil: undefined, freq: 2 }) : present,
    });
  }
  const bare = unwrapped(schema);
  if (step.kind === "option" && bare instanceof z.ZodUnion) return pairAt(bare.options[step.index], rest);
  if (step.kind === "entry" && bare instanceof z.ZodArray)
    return pairAt(bare.element, rest).map(({ one, other }) => ({ one: [one], other: [other] }));
  if (step.kind !== "key" || !(bare instanceof z.ZodObject)) throw new TypeError("a step leads nowhere");
  const { key } = step;
  const needed = Object.entries(bare.shape).filter(([name, field]) => name !== key && !isOptional(field));
  const beside = fc.record(Object.fromEntries(needed.map(([name, field]) => [name, valuesOf(field)])));
  const withValue = (fields: object, value: unknown) => (value === undefined ? fields : { ...fields, [key]: value });
  return fc
    .tuple(beside, pairAt(bare.shape[key], rest))
    .map(([fields, { one, other }]) => ({ one: withValue(fields, one), other: withValue(fields, other) }));
}

function isOptional(field: unknown): boolean {
  return field instanceof z.ZodType && field.safeParse(undefined).success;
}
