import { isMapping } from "../domain/json.ts";
import type { Json } from "../domain/scalars.ts";
import { code, counted } from "./markdown.ts";

/** A value as a table's cell shows it, in Markdown: short, and harmless whatever it holds. */
export function shownValue(value: Json | undefined): string {
  if (value === undefined) return "–";
  if (typeof value === "string")
    return value.includes("\n") ? `text, ${counted(lines(value), "line")}` : code(shortImage(value), 100);
  if (isMapping(value)) return shownMapping(value);
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return code(value.join(", "), 120);
  return code(JSON.stringify(value), 120);
}

function lines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** An entry of egress as a reader says it, any other mapping as `key: value`. */
function shownMapping(value: { readonly [key: string]: Json }): string {
  const { cidr, namespace, port, for: purpose } = value;
  const isOpening =
    "for" in value && (typeof cidr === "string" || typeof namespace === "string" || value.public === true);
  if (!isOpening) return code(flat(value), 120);
  const to =
    typeof cidr === "string"
      ? cidr
      : value.public === true
        ? "the internet"
        : `namespace ${namespace === "" ? "of the agent" : namespace}`;
  const on = typeof port === "number" ? `port ${port}` : "every port";
  return code(`${to}, ${on} (${String(purpose)})`, 120);
}

function flat(value: { readonly [key: string]: Json }): string {
  return Object.entries(value)
    .map(
      ([key, part]) =>
        `${key}: ${isMapping(part) ? flat(part) : Array.isArray(part) ? JSON.stringify(part) : String(part)}`,
    )
    .join(", ");
}

/** A digest by its first twelve digits: all 64 make a table that nobody reads; the diff has them. */
function shortImage(text: string): string {
  return text.replace(/@sha256:([0-9a-f]{12})[0-9a-f]{52}$/, "@sha256:$1…");
}
