import * as z from "zod";
import { AgentSpec } from "../domain/agent.ts";
import { Config, Tenant } from "../domain/kinds.ts";

/** What the fields of a variable are, where that is known; the values of a chart are not. */
const SHAPES: readonly (readonly [prefix: readonly string[], shape: z.ZodType])[] = [
  [["after", "spec"], AgentSpec],
  [["config"], Config.shape.spec],
  [["tenant", "spec"], Tenant.shape.spec],
];
const OBJECTS: Readonly<Record<string, readonly string[]>> = {
  after: ["spec", "values"],
  before: ["values"],
  agent: ["key", "name", "tenant"],
  tenant: ["name", "spec"],
  cause: ["kind", "agent", "environment", "id", "pull", "remedy", "scope"],
};

/**
 * What is wrong with a path that a rule reads, or undefined. A misspelt field would else never be there, and the rule
 * that asks `has()` for it never hold.
 */
export function unknownField(path: readonly string[]): string | undefined {
  const [root = "", second] = path;
  const fields = Object.hasOwn(OBJECTS, root) ? OBJECTS[root] : undefined;
  if (fields !== undefined && second !== undefined && !fields.includes(second)) {
    return `"${root}.${second}" is no field; there are ${fields.join(", ")}`;
  }
  for (const [prefix, shape] of SHAPES) {
    if (prefix.every((part, index) => path[index] === part)) return within(shape, path, prefix.length);
  }
  return undefined;
}

function within(shape: z.ZodType, path: readonly string[], at: number): string | undefined {
  const key = path[at];
  if (key === undefined) return undefined;
  const inner = unwrapped(shape);
  if (inner instanceof z.ZodUnion) {
    const options = inner.options.filter((option) => option instanceof z.ZodType);
    const answers = options.map((option) => within(option, path, at));
    return answers.includes(undefined) ? undefined : answers[0];
  }
  if (inner instanceof z.ZodRecord) return undefined;
  if (!(inner instanceof z.ZodObject)) return `"${path.slice(0, at).join(".")}" has no fields, so none named "${key}"`;
  const next = Object.hasOwn(inner.shape, key) ? inner.shape[key] : undefined;
  if (next instanceof z.ZodType) return within(next, path, at + 1);
  return `"${path.slice(0, at + 1).join(".")}" is no field; there are ${Object.keys(inner.shape).join(", ")}`;
}

function unwrapped(shape: z.ZodType): z.ZodType {
  const wraps =
    shape instanceof z.ZodOptional ||
    shape instanceof z.ZodDefault ||
    shape instanceof z.ZodPrefault ||
    shape instanceof z.ZodNullable;
  if (!wraps) return shape;
  const inner = shape.unwrap();
  return inner instanceof z.ZodType ? unwrapped(inner) : shape;
}
