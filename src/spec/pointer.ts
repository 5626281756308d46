import type { JsonPointer } from "../domain/scalars.ts";

/** The RFC 6901 pointer that names these keys and indices, from the root. */
export function pointerOf(path: readonly PropertyKey[]): JsonPointer {
  let pointer = "";
  for (const step of path) pointer += `/${escapeStep(String(step))}`;
  return pointer;
}

/** The steps of a pointer, unescaped; "" has none. An ill-formed pointer (no leading slash) is read as if it had one. */
export function stepsOf(pointer: JsonPointer): readonly string[] {
  if (pointer === "") return [];
  const body = pointer.startsWith("/") ? pointer.slice(1) : pointer;
  return body.split("/").map((step) => (step.includes("~") ? step.replaceAll("~1", "/").replaceAll("~0", "~") : step));
}

/** The value a path leads to, own properties only; undefined where it leads nowhere. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isMap(value)) value = Object.hasOwn(value, step) ? value[String(step)] : undefined;
    else return undefined;
  }
  return value;
}

/** Whether a value is a mapping, as YAML and JSON have it. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escapeStep(step: string): string {
  return step.includes("~") || step.includes("/") ? step.replaceAll("~", "~0").replaceAll("/", "~1") : step;
}
