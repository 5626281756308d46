import type { Problem } from "../domain/problem.ts";
import { isNamedSecret, secretIn } from "../domain/secret-shapes.ts";
import { isMap, pointerOf } from "./pointer.ts";
import { problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";

const ADVICE =
  "put it into a Secret and refer to it (valueFrom.secretKeyRef, apiKeySecretRef or secretRef), and replace it where it was used";

/** Every text of a document that looks like a secret: by its shape, or by the name it stands under. */
export function secretProblems(document: YamlDocument): readonly Problem[] {
  const problems: Problem[] = [];
  visit(document.value, [], "", (path, what) =>
    problems.push(problemAt(document, pointerOf(path), `${what}; ${ADVICE}`)),
  );
  return problems;
}

/** What a prompt file holds that looks like a secret. */
export function secretInPrompt(prompt: string): string | undefined {
  const found = secretIn(prompt);
  return found === undefined
    ? undefined
    : `the prompt holds what looks like ${found}; take it out, and replace it where it was used`;
}

type Found = (path: readonly PropertyKey[], what: string) => void;

function visit(value: unknown, path: readonly PropertyKey[], name: string, found: Found): void {
  if (typeof value === "string") {
    const shape = secretIn(value);
    if (shape !== undefined) found(path, `looks like ${shape}`);
    else if (isNamedSecret(name, value)) found(path, `looks like a secret, by its name ${name}`);
  } else if (Array.isArray(value)) visitList(value, path, found);
  else if (isMap(value)) visitMap(value, path, found);
}

/** In a list of arguments a secret stands as `--token=…`, or behind `--token`. */
function visitList(list: readonly unknown[], path: readonly PropertyKey[], found: Found): void {
  for (const [index, item] of list.entries()) {
    const before: unknown = list[index - 1];
    const flag = typeof before === "string" ? /^--?([A-Za-z][A-Za-z0-9_-]{0,64})$/.exec(before)?.[1] : undefined;
    const pair = typeof item === "string" ? /^(?:--?)?([A-Za-z][A-Za-z0-9_-]{0,64})=(.*)$/s.exec(item) : null;
    const [, name, value] = pair ?? [];
    if (name !== undefined && value !== undefined && isNamedSecret(name, value))
      found([...path, index], `looks like a secret, by its name ${name}`);
    else visit(item, [...path, index], flag ?? "", found);
  }
}

function visitMap(map: Readonly<Record<string, unknown>>, path: readonly PropertyKey[], found: Found): void {
  const named = typeof map.name === "string" && "value" in map ? map.name : undefined;
  for (const key in map) {
    if (REFERENCES.has(key)) continue;
    visit(map[key], [...path, key], key === "value" && named !== undefined ? named : key, found);
  }
}

/** Fields that name a Secret, or a key in one, and never hold what is in it. */
const REFERENCES: ReadonlySet<string> = new Set(["secretKeyRef", "apiKeySecretRef", "secretRef", "configMapKeyRef"]);
