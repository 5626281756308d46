import { at, isMapping } from "../../domain/values/json.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { changedLines } from "../body/diff-text.ts";
import { code, counted } from "../markdown.ts";

/** A value as a table's cell shows it, in Markdown: short, and harmless whatever it holds. */
export function shownValue(value: Json | undefined): string {
  if (value === undefined) return "–";
  if (typeof value === "string")
    return value.includes("\n") ? `text, ${counted(lines(value), "line")}` : code(shortImage(value), 100);
  if (isMapping(value)) return shownMapping(value);
  if (Array.isArray(value) && value.length === 0) return "none";
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return code(value.join(", "), 120);
  return code(JSON.stringify(value), 120);
}

function lines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** For texts of several lines, which are too long for a cell: how many lines there are, and how many are added and removed. */
export function shownText(before: string, after: string): readonly [string, string] {
  const { removed, added } = changedLines(before, after);
  return [counted(lines(before), "line"), `${counted(lines(after), "line")} (+${added.length} −${removed.length})`];
}

/** A Secret and an entry of egress in words, any other mapping as `key: value`. */
function shownMapping(value: { readonly [key: string]: Json }): string {
  const secret = at(value, "valueFrom", "secretKeyRef") ?? at(value, "secretKeyRef");
  if (isMapping(secret)) return code(`Secret ${String(secret.name)}, key ${String(secret.key)}`, 120);
  if (Object.keys(value).length === 0) return "yes";
  return code(egressText(value) ?? flat(value), 120);
}

function egressText({
  cidr,
  namespace,
  podLabels,
  port,
  for: purpose,
  ...rest
}: {
  readonly [key: string]: Json;
}): string | undefined {
  if (typeof purpose !== "string") return undefined;
  const inside =
    typeof namespace === "string" ? (namespace === "" ? "its namespace" : `namespace ${namespace}`) : undefined;
  const pods = isMapping(podLabels ?? null) ? `pods ${flat(isMapping(podLabels) ? podLabels : {})} of ` : "";
  const to =
    typeof cidr === "string"
      ? cidr
      : rest.public === true
        ? "the internet"
        : inside === undefined
          ? undefined
          : `${pods}${inside}`;
  return to === undefined
    ? undefined
    : `${to}, ${typeof port === "number" ? `port ${port}` : "every port"} (${purpose})`;
}

function flat(value: { readonly [key: string]: Json }): string {
  return Object.entries(value)
    .map(
      ([key, part]) =>
        `${key}: ${isMapping(part) ? flat(part) : Array.isArray(part) ? JSON.stringify(part) : String(part)}`,
    )
    .join(", ");
}

/** An image with the first twelve digits of its digest: all 64 make a table hard to read, and are in the diff. */
function shortImage(text: string): string {
  return text.replace(/@sha256:([0-9a-f]{12})[0-9a-f]{52}$/, "@sha256:$1…");
}
