import type * as z from "zod";
import { isCredential } from "../../domain/secrets/credential-names.ts";
import { isNamedSecret } from "../../domain/secrets/secret-shapes.ts";
import { displayValue } from "./display-value.ts";
import { didYouMean } from "./nearest.ts";

/** A value that does not fit, with its path: the key says whether it may be a secret, which is not repeated. */
export interface Misfit {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

/** Fields that must not hold a secret, into which people write one by mistake. */
const REFERENCES: ReadonlySet<PropertyKey> = new Set(["apiKeySecretRef", "secretKeyRef", "secretRef", "value"]);

/** One issue of zod in words: what is wrong with the value, then what to write. */
export function wording(issue: z.core.$ZodIssue, misfit: Misfit): string {
  // A schema's own message says more than its kind of issue does.
  if (issue.message.startsWith("is ")) return sentence(issue.message, misfit);
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, misfit);
    case "invalid_value":
      return oneOf(issue.values.map(String), misfit);
    case "too_big": {
      const bound = issue.inclusive === false ? "less than" : "at most";
      return `${shown(misfit)} is ${size(issue.origin, "big")}; ${bound} ${String(issue.maximum)}${unit(issue.origin, issue.maximum)}`;
    }
    case "too_small": {
      const bound = issue.inclusive === false ? "more than" : "at least";
      return `${shown(misfit)} is ${size(issue.origin, "small")}; ${bound} ${String(issue.minimum)}${unit(issue.origin, issue.minimum)}`;
    }
    default:
      return sentence(issue.message, misfit);
  }
}

/** The value as a message may repeat it. */
export function shown({ value, path }: Misfit): string {
  const name = path.at(-1);
  const secret =
    path.some((step) => REFERENCES.has(step)) || (typeof value === "string" && isSecretUnder(String(name), value));
  return secret && typeof value !== "object" ? "this value" : displayValue(value);
}

function isSecretUnder(name: string, value: string): boolean {
  return isNamedSecret(name, value) || isCredential(name, value, true);
}

function oneOf(values: readonly string[], misfit: Misfit): string {
  if (values.length === 1) return `${shown(misfit)} is not ${displayValue(values[0])}; write ${values[0]}`;
  const hint = didYouMean(typeof misfit.value === "string" ? misfit.value : "", values, "write one of them");
  return `${shown(misfit)} is none of ${values.join(", ")}; ${hint}`;
}

function size(origin: string, which: "big" | "small"): string {
  if (origin === "record") return "too large";
  if (origin === "string" || origin === "array") return which === "big" ? "too long" : "too short";
  return which === "big" ? "too large" : "too small";
}

function unit(origin: string, count: number | bigint): string {
  const isOne = Number(count) === 1;
  if (origin === "string") return isOne ? " character" : " characters";
  if (origin !== "array" && origin !== "record") return "";
  return isOne ? " entry" : " entries";
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

function wrongType(expected: string, misfit: Misfit): string {
  const { value } = misfit;
  const wanted = TYPES[expected] ?? expected;
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return `${shown(misfit)} is not a string; put it in quotes`;
  }
  if (typeof value === "string" && (expected === "number" || expected === "int") && /^-?\d+(\.\d+)?$/.test(value)) {
    return `${shown(misfit)} is a string; write ${value} without quotes`;
  }
  if (typeof value === "string" && expected === "boolean")
    return `${shown(misfit)} is not a boolean; write ${meant(value)}`;
  return `${shown(misfit)} is not ${wanted}; write ${wanted}`;
}

/** The message for a value that has none of the expected types. */
export function noneOf(expected: readonly string[], misfit: Misfit): string {
  const wanted = [...new Set(expected.map((type) => TYPES[type] ?? type))].join(" or ");
  return `${shown(misfit)} does not fit; write ${wanted}`;
}

/** YAML 1.1 took these for booleans, and many still write them. */
function meant(value: string): string {
  if (/^(y|yes|on|true)$/i.test(value)) return "true";
  return /^(n|no|off|false)$/i.test(value) ? "false" : "true or false";
}

/** A message of a schema's own ("is not a duration; write 30s", "not a DNS label: …"), with the value before it. */
function sentence(message: string, misfit: Misfit): string {
  if (message.endsWith("write 500m, 2 or 512Mi"))
    return `${shown(misfit)} is not a quantity; write ${quantity(misfit.value)}`;
  if (message.startsWith("is ")) return `${shown(misfit)} ${message}`;
  if (message.startsWith("not ") || message.startsWith("too ")) return `${shown(misfit)} is ${message}`;
  return message.startsWith("Invalid") ? `${shown(misfit)} does not have the right form` : message;
}

/** The quantity that somebody who wrote `2Gx` or `512 MB` most likely meant. */
function quantity(value: unknown): string {
  const match = /^\s*(\d{1,16}(?:\.\d{1,16})?)\s*([kKMGTPE])i?[a-zA-Z]{0,8}\s*$/.exec(
    typeof value === "string" ? value : "",
  );
  const [, digits = "", suffix = ""] = match ?? [];
  return match === null ? "500m, 2 or 512Mi" : `${digits}${suffix.toUpperCase()}i`;
}
