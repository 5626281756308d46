import { dump } from "js-yaml";
import type { Json } from "../../domain/values/scalars.ts";

/** In which style a value is written, to match the text around it. */
export interface Style {
  /** Line end of the file. */
  readonly eol: string;
  /** Whether the value is inside brackets. */
  readonly flow: boolean;
  /** Whether the file is JSON. */
  readonly json: boolean;
  /** Quotes of the value that was there before. */
  readonly quotes: "single" | "double" | "none";
}

const OPTIONS = { lineWidth: -1, noRefs: true } as const;

/** A value on one line. */
export function inline(value: Json, style: Style): string {
  if (style.json) return JSON.stringify(value);
  if (typeof value === "string" && (style.quotes === "double" || /[\r\n]/.test(value))) return JSON.stringify(value);
  if (typeof value === "string" && style.quotes === "single") return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === "object" && value !== null) return dump(value, { ...OPTIONS, flowLevel: 0 }).trimEnd();
  if (style.flow)
    return dump([value], { ...OPTIONS, flowLevel: 0 })
      .trimEnd()
      .slice(1, -1);
  return dump({ k: value }, { ...OPTIONS, flowLevel: 1 })
    .trimEnd()
    .slice(3);
}

/** A key and its value on one line. */
export function inlineEntry(key: string, value: Json, style: Style): string {
  if (style.json) return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  return `${inline(key, { ...style, flow: true, quotes: "none" })}: ${inline(value, { ...style, quotes: "none" })}`;
}

/** A mapping or list as lines of block style; the first line is not indented, and the last has no line end. */
export function block(value: Json, indent: number, style: Style): string {
  const lines = dump(value, OPTIONS).trimEnd().split("\n");
  const margin = " ".repeat(indent);
  return lines.map((line, index) => (index === 0 || line === "" ? line : margin + line)).join(style.eol);
}

/**
 * A text of several lines as a literal block, from `|` to its last line; undefined where a block cannot hold it.
 * `header` is the text after the `|`: a comment of the line.
 */
export function literal(text: string, indent: number, header: string, style: Style): string | undefined {
  if (style.flow || style.json || !text.includes("\n") || /^[ \t\n]|\r|\n\n$/.test(text)) return undefined;
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n");
  const margin = " ".repeat(indent);
  return [`${ends ? "|" : "|-"}${header}`, ...lines.map((line) => (line === "" ? "" : margin + line))].join(style.eol);
}
