import * as z from "zod";
import { AgentSpec } from "../domain/agent/agent.ts";
import { Config, Tenant } from "../domain/kinds/kinds.ts";
import { NO_CHANGES } from "../domain/record/change-counts.ts";

/** The fields of each variable, where they are known; those of the chart's values are not. */
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
  cause: ["kind", "agent", "environment", "id", "pull", "remedy", "scope", "wants", "by"],
  record: Object.keys(NO_CHANGES),
};

/**
 * The mistake in a path that a rule reads; undefined where there is none. Without this check, `has()` of a misspelt field would
 * always be false, and the rule would never apply.
 */
export function unknownField(path: readonly string[]): string | undefined {
  const [root = "", second] = path;
  const fields = Object.hasOwn(OBJECTS, root) ? OBJECTS[root] : undefined;
  if (fields !== undefined && second !== undefined && !fields.includes(second)) {
    return `the expression reads "${root}.${second}", which is not a field; there are ${fields.join(", ")}`;
  }
  for (const [prefix, shape] of SHAPES) {
    if (prefix.every((part, index) => path[index] === part)) return faultWithin(shape, path, prefix.length);
  }
  return undefined;
}

function faultWithin(shape: z.ZodType, path: readonly string[], at: number): string | undefined {
  const key = path[at];
  if (key === undefined) return undefined;
  const inner = unwrapSchema(shape);
  if (inner instanceof z.ZodUnion) {
    const options = inner.options.filter((option) => option instanceof z.ZodType);
    const answers = options.map((option) => faultWithin(option, path, at));
    return answers.includes(undefined) ? undefined : answers[0];
  }
  if (inner instanceof z.ZodRecord) return undefined;
  if (!(inner instanceof z.ZodObject))
    return `the expression reads "${path.slice(0, at + 1).join(".")}", but "${path.slice(0, at).join(".")}" has no fields`;
  const next = Object.hasOwn(inner.shape, key) ? inner.shape[key] : undefined;
  if (next instanceof z.ZodType) return faultWithin(next, path, at + 1);
  return `the expression reads "${path.slice(0, at + 1).join(".")}", which is not a field; there are ${Object.keys(inner.shape).join(", ")}`;
}

function unwrapSchema(shape: z.ZodType): z.ZodType {
  const wraps =
    shape instanceof z.ZodOptional ||
    shape instanceof z.ZodDefault ||
    shape instanceof z.ZodPrefault ||
    shape instanceof z.ZodNullable;
  if (!wraps) return shape;
  const inner = shape.unwrap();
  return inner instanceof z.ZodType ? unwrapSchema(inner) : shape;
}
