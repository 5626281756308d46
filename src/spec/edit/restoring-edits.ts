import { isDeepStrictEqual } from "node:util";
import type { Edit, Editor } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { Json, JsonPointer, Path } from "../../domain/values/scalars.ts";
import { isMap, valueAt } from "../values.ts";
import { readYaml } from "../yaml/read-yaml.ts";

/** A spec file before a change, after it, and as it is now. */
export interface SpecTexts {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly now: Uint8Array;
}

/** Whose file it is, and who asks for the edits. */
export interface RestoredFile {
  readonly agent: AgentKey;
  readonly file: Path;
  readonly why: string;
  readonly by: Editor;
}

/** `changedSince`: values that the change set, and that somebody has set to something else since. */
export interface Restoring {
  readonly edits: readonly Edit[];
  readonly changedSince: readonly JsonPointer[];
}

/**
 * The edits that set back what one change of a spec file set. A mapping is compared key by key; a list is one value. What holds its
 * earlier value already needs no edit.
 */
export function restoringEdits({ before, after, now }: SpecTexts, place: RestoredFile): Restoring {
  const edits: Edit[] = [];
  const changedSince: JsonPointer[] = [];
  const present = documentOf(now);
  for (const { path, from, to } of differences(documentOf(after), documentOf(before), [])) {
    const held = valueAt(present, path);
    const at = pointerOf(path);
    if (isDeepStrictEqual(held, to)) continue;
    if (!isDeepStrictEqual(held, from)) changedSince.push(at);
    else if (to === undefined) edits.push({ kind: "remove", ...place, at, from: json(from) });
    else edits.push({ kind: "set", ...place, at, from: json(from), to: json(to) ?? null });
  }
  return { edits, changedSince };
}

interface Difference {
  readonly path: readonly string[];
  readonly from: unknown;
  readonly to: unknown;
}

function* differences(from: unknown, to: unknown, path: readonly string[]): Generator<Difference> {
  if (isDeepStrictEqual(from, to)) return;
  if (!isMap(from) || !isMap(to)) yield { path, from, to };
  else
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)]))
      yield* differences(valueAt(from, [key]), valueAt(to, [key]), [...path, key]);
}

function documentOf(bytes: Uint8Array): unknown {
  return readYaml("", bytes).documents[0]?.value;
}

function json(value: unknown): Json | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
