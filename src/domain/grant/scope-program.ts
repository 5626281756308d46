import { canonicalJson } from "../values/canonical-json.ts";
import { at, isMapping } from "../values/json.ts";
import type { Json } from "../values/scalars.ts";

/**
 * What decides how the program of an agent behaves, beside its image. A command or a variable such as NODE_OPTIONS makes the stock
 * agent another program, which keeps neither `tools[].mcp.allow` nor approvals; a prompt file may be any file of the repository.
 */
export interface ProgramEntry {
  readonly kind: "command" | "arguments" | "variable" | "prompt file" | "label";
  /** For people, such as `variable LOG_LEVEL`. */
  readonly name: string;
  readonly value: Json;
}

/** The entries of a spec, or of what a template says of one: values in which there may be parameters. */
export function programOf(spec: Json): readonly ProgramEntry[] {
  const [command, args] = [at(spec, "runtime", "command"), at(spec, "runtime", "args")];
  const env = at(spec, "runtime", "env");
  const file = at(spec, "instructions", "file");
  return [
    ...(isGiven(command) ? [entry("command", shown(command), command)] : []),
    ...(isGiven(args) ? [entry("arguments", shown(args), args)] : []),
    ...(Array.isArray(env) ? env : []).map((one) => entry("variable", String(at(one, "name")), one)),
    ...(typeof file === "string" ? [entry("prompt file", file, file)] : []),
  ];
}

/** Labels as entries: network policies and controllers of others select pods by them. */
export function labelEntries(labels: Json | undefined): readonly ProgramEntry[] {
  return Object.entries(isMapping(labels) ? labels : {}).map(([key, value]) =>
    entry("label", `${key}=${String(value)}`, { [key]: value }),
  );
}

/** Whether an entry is the same as another one; of a template, a text with a parameter in it stands for any text. */
export function coversProgram(wider: ProgramEntry, { kind, value }: ProgramEntry): boolean {
  return wider.kind === kind && fits(wider.value, value);
}

function fits(wider: Json, value: Json): boolean {
  if (typeof wider === "string" && wider.includes("${")) return !Array.isArray(value) && !isMapping(value);
  if (Array.isArray(wider) && Array.isArray(value))
    return wider.length === value.length && wider.every((one, index) => fits(one, value[index] ?? null));
  if (isMapping(wider) && isMapping(value)) {
    const keys = Object.keys(wider);
    const isSameShape = keys.length === Object.keys(value).length && keys.every((key) => Object.hasOwn(value, key));
    return isSameShape && keys.every((key) => fits(wider[key] ?? null, value[key] ?? null));
  }
  return canonicalJson(wider) === canonicalJson(value);
}

function entry(kind: ProgramEntry["kind"], text: string, value: Json): ProgramEntry {
  return { kind, name: `${kind} ${text}`, value };
}

function isGiven(value: Json | undefined): value is Json {
  return Array.isArray(value) && value.length > 0;
}

function shown(value: Json): string {
  return Array.isArray(value) ? value.join(" ") : "";
}
