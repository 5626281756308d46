import type { Problem } from "../../domain/problem.ts";
import { isCredential } from "../../domain/secrets/credential-names.ts";
import { literalSecret, type Reader } from "../../domain/secrets/literal-secrets.ts";
import { isNamedSecret, mayHoldSecret, secretIn } from "../../domain/secrets/secret-shapes.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { problemAt } from "../problems/problems.ts";
import { isMap } from "../values.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import type { SpecFault } from "./rules/spec-fault.ts";
import { instead } from "./secret-advice.ts";

/** A Problem for every text of a document that looks like a secret: by its shape, by its content, or by its key. */
export function secretProblems(document: YamlDocument): readonly Problem[] {
  const problems: Problem[] = [];
  const path: PropertyKey[] = [];
  visitBelow(document.value, {
    shapes: document.text.includes("\\") || mayHoldSecret(document.text),
    path,
    found: (what) => problems.push(problemAt(document, pointerOf(path), `${what}; ${instead(path)}`)),
  });
  return problems;
}

/**
 * As `secretProblems`, for an effective spec: a template and its parameters may together make a secret. The paths start below
 * `/spec`.
 */
export function secretFindings(spec: unknown): readonly SpecFault[] {
  const findings: SpecFault[] = [];
  const path: PropertyKey[] = ["spec"];
  const found = (what: string) => {
    const steps = path.slice(1).map((step) => (typeof step === "number" ? step : String(step)));
    findings.push({ path: steps, message: `${what}; ${instead(path)}` });
  };
  visitBelow(spec, { shapes: true, path, found });
  return findings;
}

/** Says that a prompt file holds something that looks like a secret; undefined where it does not. */
export function secretInPrompt(prompt: string): string | undefined {
  const found = literalSecret(prompt, "people");
  return found === undefined
    ? undefined
    : `the prompt holds what looks like ${found}; remove it, and replace the secret everywhere it is used`;
}

interface Search {
  /** Whether any text may have the shape of a secret. */
  readonly shapes: boolean;
  /** The path to the value that is being searched. */
  readonly path: PropertyKey[];
  readonly found: (what: string) => void;
}

/** What every text with a secret of unknown shape contains: a name and its value, a user before an `@`, or a sentence. */
const HINT = /[=:@%]|\b(?:is|was|are|basic|bearer|token)\b/i;

function visit(value: unknown, step: PropertyKey, name: string, search: Search): void {
  search.path.push(step);
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string") {
    const held = search.shapes || HINT.test(text) ? literalSecret(text, readerOf(search.path)) : undefined;
    if (held !== undefined) search.found(`looks like ${held}`);
    else if (isNamedSecret(name, text) || isCredential(name, text, isRead(search.path)))
      search.found(`looks like a secret, by its name ${name}`);
  } else visitBelow(value, search);
  search.path.pop();
}

function visitBelow(value: unknown, search: Search): void {
  if (Array.isArray(value)) visitList(value, search);
  else if (isMap(value)) visitMap(value, search);
}

/** In a list of arguments a secret is written as `--token=…`, or after `--token`. */
function visitList(list: readonly unknown[], search: Search): void {
  let flag = "";
  for (const [step, item] of list.entries()) {
    const [name, value] = typeof item === "string" ? argument(item, flag) : ["", item];
    visit(value, step, name, search);
    flag = typeof item === "string" && item.startsWith("-") ? item.replace(/^-+/, "") : "";
  }
}

/** An argument's name and value; `flag`, the argument before it, is its name where it has no name itself. */
function argument(item: string, flag: string): readonly [name: string, value: string] {
  const equals = item.indexOf("=");
  if (equals < 0 || equals > 64 || !/^-{0,2}[A-Za-z][A-Za-z0-9_-]*$/.test(item.slice(0, equals))) {
    // `-u name:password`, as curl and many others take it; a number on both sides is a user and a group.
    const isUser =
      /^(?:u|user|proxy-user|userpass)$/.test(flag) &&
      /^[^\s:/]{1,64}:[^\s/]+$/.test(item) &&
      !/^[^:]+:\d+$/.test(item);
    return isUser ? ["password", item.slice(item.indexOf(":") + 1)] : [flag, item];
  }
  return [item.slice(0, equals).replace(/^-+/, ""), item.slice(equals + 1)];
}

function visitMap(map: Readonly<Record<string, unknown>>, search: Search): void {
  const named = typeof map.name === "string" && "value" in map ? map.name : undefined;
  for (const step in map) {
    // A pointer to the key would repeat the secret, so the Problem is at the mapping.
    const key = search.shapes ? secretIn(step) : undefined;
    if (key !== undefined) search.found(`a key of this mapping looks like ${key}`);
    if (!REFERENCES.has(step)) visit(map[step], step, step === "value" && named !== undefined ? named : step, search);
  }
}

/** Fields that name a Secret or a key of one, and never hold its content. */
const REFERENCES: ReadonlySet<string> = new Set(["secretKeyRef", "apiKeySecretRef", "secretRef", "configMapKeyRef"]);

/** Fields with texts for people and models. */
const PROSE: ReadonlySet<PropertyKey> = new Set([
  "inline",
  "description",
  "examples",
  "message",
  "annotations",
  "tags",
]);

function readerOf(path: readonly PropertyKey[]): Reader {
  return path.slice(-2).some((step) => PROSE.has(step)) ? "people" : "program";
}

/** Whether a program reads the value by its key: variables, arguments, a component's metadata. */
function isRead(path: readonly PropertyKey[]): boolean {
  const parent = path.at(-2);
  if (path.at(-1) === "value" || parent === "args" || parent === "command") return true;
  return parent === "metadata" && path.includes("dapr");
}
