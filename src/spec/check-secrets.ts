import { isCredential } from "../domain/credential-names.ts";
import { literalSecret, type Reader } from "../domain/literal-secrets.ts";
import type { Problem } from "../domain/problem.ts";
import { isNamedSecret, mayHoldSecret, secretIn } from "../domain/secret-shapes.ts";
import type { Finding } from "./check-spec.ts";
import { isMap, pointerOf } from "./pointer.ts";
import { problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";
import { instead } from "./secret-advice.ts";

/** Every text of a document that looks like a secret: by its shape, by what is in it, or by the name it stands under. */
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
 * The same of an effective spec: a template and its parameters may make a secret of parts that are none. The paths start
 * below `/spec`.
 */
export function secretFindings(spec: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  const path: PropertyKey[] = ["spec"];
  const found = (what: string) => {
    const steps = path.slice(1).map((step) => (typeof step === "number" ? step : String(step)));
    findings.push({ path: steps, message: `${what}; ${instead(path)}` });
  };
  visitBelow(spec, { shapes: true, path, found });
  return findings;
}

/** What a prompt file holds that looks like a secret. */
export function secretInPrompt(prompt: string): string | undefined {
  const found = literalSecret(prompt, "people");
  return found === undefined
    ? undefined
    : `the prompt holds what looks like ${found}; take it out, and replace it where it was used`;
}

interface Search {
  /** Whether any text may have the shape of a secret. */
  readonly shapes: boolean;
  /** The way to the value under search; grows and shrinks with it. */
  readonly path: PropertyKey[];
  readonly found: (what: string) => void;
}

/** What every text has that holds a secret of no known shape: a name and its value, a user before an `@`, or a sentence. */
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

/** In a list of arguments a secret stands as `--token=…`, or behind `--token`. */
function visitList(list: readonly unknown[], search: Search): void {
  let flag = "";
  for (const [step, item] of list.entries()) {
    const [name, value] = typeof item === "string" ? argument(item, flag) : ["", item];
    visit(value, step, name, search);
    flag = typeof item === "string" && item.startsWith("-") ? item.replace(/^-+/, "") : "";
  }
}

/** An argument's name and value; the name of `flag`, where it has none of its own. */
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
    // Its pointer would repeat it, so the mapping is named instead.
    const key = search.shapes ? secretIn(step) : undefined;
    if (key !== undefined) search.found(`a key of this mapping looks like ${key}`);
    if (!REFERENCES.has(step)) visit(map[step], step, step === "value" && named !== undefined ? named : step, search);
  }
}

/** Fields that name a Secret, or a key in one, and never hold what is in it. */
const REFERENCES: ReadonlySet<string> = new Set(["secretKeyRef", "apiKeySecretRef", "secretRef", "configMapKeyRef"]);

/** Fields whose texts are read by people and models. */
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

/** Whether a program reads the value under the name it stands under: variables, arguments, a component's metadata. */
function isRead(path: readonly PropertyKey[]): boolean {
  const parent = path.at(-2);
  if (path.at(-1) === "value" || parent === "args" || parent === "command") return true;
  return parent === "metadata" && path.includes("dapr");
}
