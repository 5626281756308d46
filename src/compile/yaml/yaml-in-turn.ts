import type { Json } from "../../domain/values/scalars.ts";
import { isBlock, isSequence, isYamlMapping, toYaml, type YamlStyle } from "./yaml.ts";

/** Writes one value after another, each as `toYaml` would, after the same head. */
export type WriteInTurn = (value: Json) => string;

/**
 * Creates a writer for mappings that have much in common, such as an agent's values in each of its environments. It writes only
 * the entries again that differ from the mapping before; where none differs, it returns the same string.
 */
export function yamlInTurn(head: string, style: YamlStyle): WriteInTurn {
  let entries: ReadonlyMap<string, Entry> = new Map();
  let whole = "";
  return (value) => {
    if (!isYamlMapping(value) || !isBlock(value)) return head + toYaml(value, style);
    const next = new Map<string, Entry>();
    let text = head;
    for (const key in value) {
      const item = value[key] ?? null;
      const before = entries.get(key);
      const entry =
        before !== undefined && isSame(before.value, item)
          ? before
          : { value: item, text: toYaml({ [key]: item }, style) };
      next.set(key, entry);
      text += entry.text;
    }
    entries = next;
    if (text !== whole) whole = text;
    return whole;
  };
}

interface Entry {
  readonly value: Json;
  readonly text: string;
}

/** Whether two values have the same text: equal, and their keys in the same order. */
function isSame(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isSequence(a))
    return isSequence(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at] ?? null));
  if (!isYamlMapping(a) || !isYamlMapping(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return false;
  return keys.every((key, at) => others[at] === key && isSame(a[key] ?? null, b[key] ?? null));
}
