import { isCollection, isPair, isScalar, type Node, type Pair } from "yaml";

/** The node of a pair or an item; null where there is none, as in `key:`. */
export function nodeOf(value: unknown): Node | null {
  return isScalar(value) || isCollection(value) ? value : null;
}

/** Offset at which a node starts. */
export function start(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

/** The offset after the last character of a node's text, before the line end. */
export function end(text: string, node: Node | null): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isPair(last)) return Math.max(end(text, nodeOf(last.value)), end(text, nodeOf(last.key)));
    if (nodeOf(last) !== null) return end(text, nodeOf(last));
  }
  let at = node?.range?.[1] ?? 0;
  while (at > 0 && (text[at - 1] === "\n" || text[at - 1] === "\r")) at -= 1;
  return at;
}

/** The offset after the ':' of a pair. */
export function keyEnd(text: string, pair: Pair): number {
  return text.indexOf(":", end(text, nodeOf(pair.key))) + 1;
}
