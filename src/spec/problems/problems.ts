import type * as z from "zod";
import type { PolicyDocument } from "../../domain/kinds/policy-document.ts";
import { byPlace, type Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { JsonPointer } from "../../domain/values/scalars.ts";
import { descriptionAt, keysAt } from "../schema/schema-keys.ts";
import { isMap, valueAt } from "../values.ts";
import { MAX_PROBLEMS } from "../yaml/yaml-limits.ts";
import { displayValue } from "./display-value.ts";
import { nearest } from "./nearest.ts";
import { noneOf, wording } from "./wording.ts";

type Issue = z.core.$ZodIssue;
type Steps = readonly PropertyKey[];

/** The Problem of a document at a pointer; `part` is "key" where the key itself is wrong. */
export function problemAt(
  document: PolicyDocument,
  pointer: JsonPointer,
  message: string,
  part: "key" | "value" = "value",
): Problem {
  return { file: document.file, ...document.locate(pointer, part), pointer, message };
}

/** The first Problems of a file, in order. Where there are more, a last Problem says so, at the place of the next. */
export function firstOf(problems: readonly Problem[]): readonly Problem[] {
  const sorted = problems.toSorted(byPlace);
  const next = sorted[MAX_PROBLEMS];
  const shown = sorted.slice(0, MAX_PROBLEMS);
  if (next === undefined) return shown;
  return [...shown, { ...next, message: "there are more Problems from here on; fix those above first" }];
}

/** The issues of a schema as Problems of the document: what is wrong, then what to write. */
export function schemaProblems(
  document: PolicyDocument,
  schema: z.ZodType,
  issues: readonly Issue[],
): readonly Problem[] {
  return allComplaints(issues, schema, document.value).map(({ path, message, part }) =>
    problemAt(document, pointerOf(path), message, part),
  );
}

/** Every issue in words, except for a missing field whose key is only misspelt. */
export function allComplaints(issues: readonly Issue[], schema: z.ZodType, root: unknown): readonly Complaint[] {
  const found = issues.slice(0, MAX_PROBLEMS + 1).flatMap((issue) => complaints(issue, [], schema, root));
  const meant = new Set(found.flatMap(({ meant }) => (meant === undefined ? [] : [pointerOf(meant)])));
  return found.filter(({ path }) => !meant.has(pointerOf(path)));
}

/** A complaint, not yet with its place in the file. */
export interface Complaint {
  readonly path: Steps;
  readonly message: string;
  readonly part: "key" | "value";
  /** The path of the key that a misspelt one most likely means. */
  readonly meant?: Steps;
}

/** One issue of zod as complaints; for a union, the complaints of the alternative that was most likely meant. */
function complaints(issue: Issue, above: Steps, schema: z.ZodType, root: unknown): readonly Complaint[] {
  const path = [...above, ...issue.path];
  const value = valueAt(root, path);
  if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, path, schema, value);
  if (issue.code === "invalid_union") return unionComplaints(issue.errors, path, schema, root);
  if (issue.code === "invalid_key") {
    const inner = issue.issues[0];
    const message = inner === undefined ? "not a key that fits here" : wording(inner, { value: path.at(-1), path: [] });
    return [{ path, part: "key", message }];
  }
  const message = value === undefined ? missing(path, schema) : wording(issue, { value, path });
  return [{ path, part: "value", message }];
}

/** The message for a required field that is missing. */
export function missing(path: Steps, schema: z.ZodType): string {
  const description = descriptionAt(schema, path);
  return `${String(path.at(-1))} is missing; add it${description === undefined ? "" : `: ${description}`}`;
}

function unknownKeys(unknown: readonly string[], path: Steps, schema: z.ZodType, value: unknown): readonly Complaint[] {
  const keys = keysAt(schema, path);
  const known = keys.length === 0 ? "remove it" : `known here: ${keys.join(", ")}`;
  return unknown.slice(0, MAX_PROBLEMS + 1).map((key) => {
    // A key of another alternative of a union.
    if (keys.includes(key)) {
      const others = Object.keys(isMap(value) ? value : {}).filter((other) => !unknown.includes(other));
      return {
        path: [...path, key],
        part: "key",
        message: `does not go with ${others.join(" and ")}; remove one of them`,
      };
    }
    const near = nearest(key, keys);
    const message = `unknown key ${displayValue(key)}; ${near === undefined ? known : `did you mean ${displayValue(near)}?`}`;
    return { path: [...path, key], part: "key", message, ...(near === undefined ? {} : { meant: [...path, near] }) };
  });
}

/** The complaints of the alternative of a union that was most likely meant. */
function unionComplaints(
  errors: readonly (readonly Issue[])[],
  path: Steps,
  schema: z.ZodType,
  root: unknown,
): readonly Complaint[] {
  const value = valueAt(root, path);
  const keys = keysAt(schema, path);
  if (!isMap(value) || keys.length === 0) return typeComplaints(errors, path, schema, root);
  const given = Object.keys(value).filter((key) => keys.includes(key));
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  const alone = errors.filter(
    (issues) => !issues.some((issue) => issue.code === "unrecognized_keys" && issue.path.length === 0),
  );
  const meant = given.length === 0 ? undefined : alone.toSorted((a, b) => a.length - b.length)[0];
  if (meant !== undefined) return meant.flatMap((issue) => complaints(issue, path, schema, root));
  if (unknown.length > 0) return unknownKeys(unknown, path, schema, value);
  const message =
    given.length === 0
      ? `an empty mapping; write one of ${keys.join(", ")}`
      : `${given.join(" and ")} exclude each other; keep one of them`;
  return [{ path, part: "value", message }];
}

/** For a union of which the value is not a mapping: the complaints of the alternative with its type, or that no type fits. */
function typeComplaints(
  errors: readonly (readonly Issue[])[],
  path: Steps,
  schema: z.ZodType,
  root: unknown,
): readonly Complaint[] {
  const isTypeError = (issue: Issue) => issue.path.length === 0 && issue.code === "invalid_type";
  const fitting = errors.find((issues) => !issues.some(isTypeError));
  if (fitting !== undefined) return fitting.flatMap((issue) => complaints(issue, path, schema, root));
  const types = errors.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === "invalid_type" ? [issue.expected] : [])),
  );
  return [{ path, part: "value", message: noneOf(types, { value: valueAt(root, path), path }) }];
}
