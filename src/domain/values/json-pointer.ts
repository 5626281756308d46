import type { JsonPointer } from "./scalars.ts";

/** The RFC 6901 pointer that names these keys and indices, from the root. */
export function pointerOf(path: readonly PropertyKey[]): JsonPointer {
  let pointer = "";
  for (const step of path) pointer += `/${escapeStep(String(step))}`;
  return pointer;
}

/** The steps of a pointer, unescaped; "" has none. An ill-formed pointer (no leading slash) is read as if it had one. */
export function pointerSteps(pointer: JsonPointer): readonly string[] {
  if (pointer === "") return [];
  const body = pointer.startsWith("/") ? pointer.slice(1) : pointer;
  return body.split("/").map((step) => (step.includes("~") ? step.replaceAll("~1", "/").replaceAll("~0", "~") : step));
}

function escapeStep(step: string): string {
  return step.includes("~") || step.includes("/") ? step.replaceAll("~", "~0").replaceAll("/", "~1") : step;
}
