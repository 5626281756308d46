import type * as z from "zod";
import type { Problem } from "../domain/problem.ts";
import type { JsonPointer } from "../domain/scalars.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, pointerOf, valueAt } from "./pointer.ts";
import type { YamlDocument } from "./read-yaml.ts";
import { descriptionAt, keysAt } from "./schema-keys.ts";
import { show } from "./show.ts";

type Issue = z.core.$ZodIssue;
type Steps = readonly PropertyKey[];

/** The Problem of a document at a pointer; `part` is "key" where the key itself is wrong. */
export function problemAt(
  document: YamlDocument,
  pointer: JsonPointer,
  message: string,
  part: "key" | "value" = "value",
): Problem {
  return { file: document.file, ...document.locate(pointer, part), pointer, message };
}

/** What a schema has against a document, each complaint where it belongs: what is wrong, then what to write. */
export function schemaProblems(
  document: YamlDocument,
  schema: z.ZodType,
  issues: readonly Issue[],
): readonly Problem[] {
  return issues
    .flatMap((issue) => complaints(issue, [], schema, document.value))
    .map(({ path, message, part }) => problemAt(document, pointerOf(path), message, part));
}

/** A complaint before it has a place. */
export interface Complaint {
  readonly path: Steps;
  readonly message: string;
  readonly part: "key" | "value";
}

/** One issue of zod in words; an issue of a union becomes those of the alternative that was meant. */
export function complaints(issue: Issue, above: Steps, schema: z.ZodType, root: unknown): readonly Complaint[] {
  const path = [...above, ...issue.path];
  const value = valueAt(root, path);
  if (issue.code === "unrecognized_keys") {
    const keys = keysAt(schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], part: "key", message: unknownKey(key, keys) }));
  }
  if (issue.code === "invalid_union") {
    const meant = alternative(issue.errors, value);
    if (meant !== undefined) return meant.flatMap((inner) => complaints(inner, path, schema, root));
    return [{ path, part: "value", message: `${show(value)} does not fit; write ${choice(keysAt(schema, path))}` }];
  }
  if (issue.code === "invalid_key")
    return [
      { path, part: "key", message: issue.issues[0] === undefined ? "unfit key" : text(issue.issues[0], path.at(-1)) },
    ];
  if (value === undefined) return [{ path, part: "value", message: missing(path, schema) }];
  return [{ path, part: "value", message: text(issue, value) }];
}

/** What to say of a required field that is not there. */
export function missing(path: Steps, schema: z.ZodType): string {
  const description = descriptionAt(schema, path);
  return `${String(path.at(-1))} is missing; add it${description === undefined ? "" : `: ${description}`}`;
}

function unknownKey(key: string, keys: readonly string[]): string {
  const known = keys.length === 0 ? "remove it" : `known here: ${keys.join(", ")}`;
  return `unknown key ${show(key)}; ${didYouMean(key, keys, known)}`;
}

function text(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, value);
    case "invalid_value":
      return oneOf(issue.values.map(String), value);
    case "too_big":
      return `${show(value)} is ${size(issue.origin, "big")}; at most ${String(issue.maximum)}${unit(issue.origin)}`;
    case "too_small":
      return `${show(value)} is ${size(issue.origin, "small")}; ${issue.inclusive === false ? "more than" : "at least"} ${String(issue.minimum)}${unit(issue.origin)}`;
    default:
      return sentence(issue.message, value);
  }
}

function oneOf(values: readonly string[], value: unknown): string {
  if (values.length === 1) return `${show(value)} is not ${show(values[0])}; write ${values[0]}`;
  return `${show(value)} is none of ${values.join(", ")}; ${didYouMean(String(value), values, "write one of them")}`;
}

function size(origin: string, which: "big" | "small"): string {
  if (origin === "string" || origin === "array") return which === "big" ? "too long" : "too short";
  return which === "big" ? "too large" : "too small";
}

function unit(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" ? " entries" : "";
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

function wrongType(expected: string, value: unknown): string {
  const wanted = TYPES[expected] ?? expected;
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean"))
    return `${show(value)} is not a string; put it in quotes`;
  if (typeof value === "string") {
    if ((expected === "number" || expected === "int") && /^-?\d+(\.\d+)?$/.test(value))
      return `${show(value)} is a string; write ${value} without quotes`;
    if (expected === "boolean")
      return `${show(value)} is not a boolean; write ${/^(y|yes|on|true)$/i.test(value) ? "true" : /^(n|no|off|false)$/i.test(value) ? "false" : "true or false"}`;
  }
  return `${show(value)} is not ${wanted}; write ${wanted}`;
}

/** A message of a schema's own ("is not a duration; write 30s", "not a DNS label: …"), with the value before it. */
function sentence(message: string, value: unknown): string {
  if (message.endsWith("write 500m, 2 or 512Mi")) return `${show(value)} is not a quantity; write ${quantity(value)}`;
  if (message.startsWith("is ")) return `${show(value)} ${message}`;
  if (message.startsWith("not ") || message.startsWith("too ")) return `${show(value)} is ${message}`;
  if (message.startsWith("Invalid")) return `${show(value)} does not have the right form`;
  return message;
}

/** What someone who wrote `2Gx` or `512 MB` most likely meant. */
function quantity(value: unknown): string {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kKMGTPE])i?[a-zA-Z]*\s*$/.exec(String(value));
  const [, digits = "", suffix = ""] = match ?? [];
  return match === null ? "500m, 2 or 512Mi" : `${digits}${suffix.toUpperCase()}i`;
}

/** Issues of the alternative the value was most likely meant for; undefined where it resembles none. */
function alternative(errors: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const shaped = errors.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type"),
  );
  if (shaped.length === 0) return isMap(value) ? undefined : errors[0];
  if (!isMap(value)) return shaped[0];
  const meant = shaped.filter(
    (issues) => !issues.some((issue) => issue.code === "unrecognized_keys" && issue.path.length === 0),
  );
  if (meant.length > 0) return meant.toSorted((a, b) => a.length - b.length)[0];
  return undefined;
}

function choice(keys: readonly string[]): string {
  return keys.length === 0 ? "one of the known forms" : `one of ${keys.join(", ")}`;
}
