import type { Parameter } from "../../domain/kinds/kinds.ts";
import { displayValue } from "../problems/display-value.ts";
import { didYouMean } from "../problems/nearest.ts";
import { isMap } from "../values.ts";
import { MAX_SPEC_BYTES } from "../yaml/yaml-limits.ts";

/** Value of a template's parameter. */
export type Argument = string | number | boolean;

/** A fault of a parameter: its name, or undefined where the template as a whole is meant. */
export interface ParameterFault {
  readonly parameter: string;
  readonly missing: boolean;
  readonly message: string;
}

/** Every `${name}`, and the escape `$${`. */
const PLACE = /\$(\$\{|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}|\{)/g;

/**
 * The template with its parameters filled in. A string that is only `${x}` becomes the parameter's value with its type; within a
 * longer string the value is written as text; `$${` means a plain `${`. Values are not searched again. Text that does not fit
 * into `room` is left out: then `room.left` is below 0, and the result must not be used.
 */
export function substitute(
  template: unknown,
  values: ReadonlyMap<string, Argument>,
  room: SubstitutionBudget = fullBudget(),
): unknown {
  if (typeof template === "string") return substituteText(template, values, room);
  if (Array.isArray(template)) return template.map((item) => substitute(item, values, room));
  if (!isMap(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, substitute(value, values, room)]));
}

/** How many characters parameters may still add: a short template with many places could make gigabytes of text. */
export interface SubstitutionBudget {
  left: number;
}

/** As many characters as a spec file may hold. */
export function fullBudget(): SubstitutionBudget {
  return { left: MAX_SPEC_BYTES };
}

function substituteText(text: string, values: ReadonlyMap<string, Argument>, room: SubstitutionBudget): Argument {
  if (!text.includes("${")) return text;
  const whole = /^\$\{([A-Za-z_][A-Za-z0-9_]{0,63})\}$/.exec(text)?.[1];
  const value = whole === undefined ? undefined : values.get(whole);
  if (value !== undefined) return value;
  return text.replace(PLACE, (match, _rest, name: string | undefined) => {
    if (match === "$${") return "${";
    const written = name === undefined ? match : String(values.get(name) ?? match);
    room.left -= written.length;
    return room.left < 0 ? "" : written;
  });
}

/** Names that a template's text uses, and places where `${` is no parameter (name ""). */
export function usedIn(text: string): readonly string[] {
  if (!text.includes("${")) return [];
  return [...text.matchAll(PLACE)].filter((match) => match[0] !== "$${").map((match) => match[2] ?? "");
}

/** The value of each parameter: the argument, else the default. Faults name what is missing, unknown or of the wrong type. */
export function bind(
  parameters: readonly Parameter[],
  args: Readonly<Record<string, Argument | null>>,
): { readonly values: ReadonlyMap<string, Argument>; readonly faults: readonly ParameterFault[] } {
  const values = new Map<string, Argument>();
  const faults: ParameterFault[] = [];
  const names = parameters.map((parameter) => parameter.name);
  for (const name of Object.keys(args)) {
    if (names.includes(name)) continue;
    const known = names.length === 0 ? "the template takes no parameters" : `the template takes ${names.join(", ")}`;
    faults.push({
      parameter: name,
      missing: false,
      message: `unknown parameter ${displayValue(name)}; ${didYouMean(name, names, known)}`,
    });
  }
  for (const parameter of parameters) {
    const given = (Object.hasOwn(args, parameter.name) ? args[parameter.name] : undefined) ?? undefined;
    const value = given ?? parameter.default;
    if (value === undefined) {
      const about = parameter.description === undefined ? "" : ` (${parameter.description})`;
      faults.push({
        parameter: parameter.name,
        missing: true,
        message: `parameter ${parameter.name}${about} is missing; add it under parameters`,
      });
      continue;
    }
    values.set(parameter.name, value);
    const fault = given === undefined ? undefined : misfit(parameter, given);
    if (fault !== undefined) faults.push({ parameter: parameter.name, missing: false, message: fault });
  }
  return { values, faults };
}

/** How many values a message lists. */
const MOST_SHOWN = 12;

/** Why a value does not fit a parameter's type or enum; undefined where it fits. */
export function misfit(parameter: Parameter, value: Argument): string | undefined {
  const fits =
    parameter.type === "integer"
      ? Number.isSafeInteger(value)
      : parameter.type === "number"
        ? typeof value === "number"
        : typeof value === parameter.type;
  if (!fits)
    return `${displayValue(value)} is not ${parameter.type === "integer" ? "an" : "a"} ${parameter.type}, the type of parameter ${parameter.name}`;
  if (parameter.enum === undefined || parameter.enum.includes(value)) return undefined;
  const options = parameter.enum.map(String);
  const shown = parameter.enum
    .slice(0, MOST_SHOWN)
    .map((one) => (typeof one === "string" ? displayValue(one).slice(1, -1) : one));
  const more = options.length > MOST_SHOWN ? ` and ${options.length - MOST_SHOWN} more` : "";
  return `${displayValue(value)} is none of ${shown.join(", ")}${more}; ${didYouMean(String(value), options, `write one of them`)}`;
}
