import type { Problem } from "../domain/problem.ts";
import { isNamedSecret, mayHoldSecret, secretIn } from "../domain/secret-shapes.ts";
import { isMap, pointerOf } from "./pointer.ts";
import { problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";

const ADVICE =
  "put it into a Secret and refer to it (valueFrom.secretKeyRef, apiKeySecretRef or secretRef), and replace it where it was used";

/** Every text of a document that looks like a secret: by its shape, or by the name it stands under. */
export function secretProblems(document: YamlDocument): readonly Problem[] {
  const problems: Problem[] = [];
  const path: PropertyKey[] = [];
  visitBelow(document.value, {
    shapes: document.text.includes("\\") || mayHoldSecret(document.text),
    path,
    found: (what) => problems.push(problemAt(document, pointerOf(path), `${what}; ${ADVICE}`)),
  });
  return problems;
}

/** What a prompt file holds that looks like a secret. */
export function secretInPrompt(prompt: string): string | undefined {
  const found = secretIn(prompt);
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

function visit(value: unknown, step: PropertyKey, name: string, search: Search): void {
  search.path.push(step);
  if (typeof value === "string") {
    const shape = search.shapes ? secretIn(value) : undefined;
    if (shape !== undefined) search.found(`looks like ${shape}`);
    else if (isNamedSecret(name, value)) search.found(`looks like a secret, by its name ${name}`);
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
  if (equals < 0 || equals > 64 || !/^-{0,2}[A-Za-z][A-Za-z0-9_-]*$/.test(item.slice(0, equals))) return [flag, item];
  return [item.slice(0, equals).replace(/^-+/, ""), item.slice(equals + 1)];
}

function visitMap(map: Readonly<Record<string, unknown>>, search: Search): void {
  const named = typeof map.name === "string" && "value" in map ? map.name : undefined;
  for (const step in map) {
    if (!REFERENCES.has(step)) visit(map[step], step, step === "value" && named !== undefined ? named : step, search);
  }
}

/** Fields that name a Secret, or a key in one, and never hold what is in it. */
const REFERENCES: ReadonlySet<string> = new Set(["secretKeyRef", "apiKeySecretRef", "secretRef", "configMapKeyRef"]);
