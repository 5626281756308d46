import { isCollection, isScalar, type Node, type Pair } from "yaml";
import type { Json } from "../../domain/values/scalars.ts";
import { end, keyEnd, nodeOf, start } from "../yaml/extent.ts";
import { columnOf, lineEnd } from "../yaml/text-lines.ts";
import { block, inline, literal, type Style } from "./render.ts";
import type { Patch, TextPlace } from "./text-patch.ts";

/** Replaces the value of a node; `holder` is the pair that it is the value of. The best style comes first. */
export function replaceValue(
  place: TextPlace,
  node: Node | null,
  holder: Pair | undefined,
  value: Json,
): readonly Patch[] {
  const { text } = place;
  const style = { ...place.style, quotes: quotesOf(node) };
  const indent = columnOf(text, holder === undefined ? start(node) : start(nodeOf(holder.key))) + 2;
  const old = extentOf(text, node, holder);
  const rest = text.slice(old.to, lineEnd(text, old.to));
  const patches: Patch[] = [];
  if (typeof value === "string") {
    const made = literal(value, indent, rest, style);
    if (made !== undefined) patches.push({ from: old.from, to: old.to + rest.length, text: old.gap + made });
  }
  if (
    typeof value === "object" &&
    value !== null &&
    !style.flow &&
    !(isCollection(node) && node.flow === true) &&
    Object.keys(value).length > 0 &&
    holder !== undefined
  ) {
    const lines = style.eol + " ".repeat(indent) + block(value, indent, style);
    patches.push({
      from: keyEnd(text, holder),
      to: old.to + rest.length,
      text: (rest === "" ? "" : ` ${rest.trimStart()}`) + lines,
    });
  }
  patches.push({ from: old.from, to: old.to, text: old.gap + inline(value, style) });
  patches.push({ from: old.from, to: old.to, text: old.gap + inline(value, { ...style, quotes: "none" }) });
  return patches;
}

/** Where a node's value is in the text, and what has to come before a new one. */
function extentOf(
  text: string,
  node: Node | null,
  holder: Pair | undefined,
): { readonly from: number; readonly to: number; readonly gap: string } {
  const onOwnLine = isCollection(node) && node.flow !== true && holder !== undefined;
  if (holder !== undefined && (onOwnLine || node === null || node.range?.[0] === node.range?.[1])) {
    const from = keyEnd(text, holder);
    return { from, to: onOwnLine ? end(text, node) : from, gap: " " };
  }
  return { from: start(node), to: end(text, node), gap: "" };
}

function quotesOf(node: Node | null): Style["quotes"] {
  if (!isScalar(node)) return "none";
  return node.type === "QUOTE_DOUBLE" ? "double" : node.type === "QUOTE_SINGLE" ? "single" : "none";
}
