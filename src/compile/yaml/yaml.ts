import type { Json } from "../../domain/values/scalars.ts";
import { withoutTrailing } from "../../domain/values/trim.ts";

/**
 * `block`: as Kubernetes manifests are usually written. `compact`: mappings of scalars, and list items, on
 * one line where short.
 */
export type YamlStyle = "block" | "compact";

/**
 * YAML text of a JSON value, the way a reviewer likes to read it: short lists on one line, prose as literal blocks.
 * YAML 1.1 and 1.2 readers (Helm's, Flux's, Argo CD's, ours) read the same value from it: whatever one of them might take
 * for a number, a boolean or a date is quoted. Keys keep their order; ends with a newline.
 */
export function toYaml(value: Json, style: YamlStyle = "block"): string {
  const lines: string[] = [];
  if (isBlock(value)) writeBlock({ lines, compact: style === "compact" }, value, "");
  else lines.push(scalarOrFlow(value, INDENT, BLOCK_PLAIN));
  return `${lines.join("\n")}\n`;
}

/** Several documents in one file, separated by `---`. */
export function toYamlDocuments(documents: readonly Json[]): string {
  return documents.map((document) => toYaml(document)).join("---\n");
}

interface Page {
  readonly lines: string[];
  readonly compact: boolean;
}

type Mapping = { readonly [key: string]: Json };

const LINE = 100;
const INDENT = "  ";
// Starts with a letter, '_' or '/'; nothing inside that any reader treats as syntax in the given context.
const BLOCK_PLAIN = /^(?:[A-Za-z_/]|\.\/)(?:[\w ./@()',;%+=<>$?!~^*|{}[\]\u00a1-\u024f-]|:(?! |$))*$/;
const FLOW_PLAIN = /^(?:[A-Za-z_/]|\.\/)(?:[\w ./@()';%+=<>$!~^*|\u00a1-\u024f-]|:(?=[\w/]))*$/;
// Quantities, versions, durations and addresses start with a digit and yet are no numbers: 250m, 1.2.0, 1m30s, 10.0.0.0/8.
const DIGITS_PLAIN = /^\d+(?:m|k|[KMGTPE]i|\.\d+\.\d+|\.\d+\.\d+\.\d+\/\d+|ms|s|h|m\d+s|h\d+m)$/;
// One line without single quotes, backslashes or anything unusual.
const SINGLE = /^[ -&(-[\]-~]+$/;
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf|e[-+]?\d+)$/i;
// Control characters, line breaks of YAML 1.1, byte order marks, lone surrogates, and marks that turn the reading direction.
const UNPRINTABLE = /[^\P{Cc}\n\t]|\p{Cs}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u;
const UNPRINTABLES = new RegExp(UNPRINTABLE.source, "gu");

function writeBlock(page: Page, value: Json, indent: string): void {
  if (isSequence(value)) {
    for (const item of value) writeItem(page, item, indent);
  } else if (isYamlMapping(value)) {
    for (const key in value) writeEntry(page, key, value[key] ?? null, indent, indent);
  }
}

function writeItem(page: Page, item: Json, indent: string): void {
  if (!isBlock(item)) {
    page.lines.push(`${indent}- ${scalarOrFlow(item, indent + INDENT, BLOCK_PLAIN)}`);
    return;
  }
  const flow = page.compact || isSequence(item) ? flowOf(item, LINE - indent.length) : undefined;
  if (flow !== undefined) {
    page.lines.push(`${indent}- ${flow}`);
  } else if (isYamlMapping(item)) {
    let lead = `${indent}- `;
    for (const key in item) {
      writeEntry(page, key, item[key] ?? null, lead, indent + INDENT);
      lead = indent + INDENT;
    }
  } else {
    page.lines.push(`${indent}-`);
    writeBlock(page, item, indent + INDENT);
  }
}

/** `lead` precedes the key on its line: the indentation, or that and the dash of a list item. */
function writeEntry(page: Page, key: string, value: Json, lead: string, indent: string): void {
  const name = `${lead}${keyText(key)}:`;
  if (!isBlock(value)) {
    page.lines.push(`${name} ${scalarOrFlow(value, indent + INDENT, BLOCK_PLAIN)}`);
    return;
  }
  const flow = staysOnLine(value, page.compact) ? flowOf(value, LINE - name.length) : undefined;
  if (flow !== undefined) {
    page.lines.push(`${name} ${flow}`);
    return;
  }
  page.lines.push(name);
  writeBlock(page, value, indent + INDENT);
}

/** The value on one line, or undefined where that takes more than `room` characters. */
function flowOf(value: Json, room: number): string | undefined {
  if (!isBlock(value)) {
    const scalar = scalarOrFlow(value, undefined, FLOW_PLAIN);
    return scalar.length <= room ? scalar : undefined;
  }
  const parts: string[] = [];
  let left = room - 2;
  const add = (name: string, item: Json): boolean => {
    const flow = flowOf(item, left - name.length);
    if (flow === undefined) return false;
    left -= name.length + flow.length + 2;
    parts.push(name + flow);
    return true;
  };
  if (isSequence(value)) {
    for (const item of value) if (!add("", item)) return undefined;
    return `[${parts.join(", ")}]`;
  }
  if (isYamlMapping(value)) {
    for (const key in value) if (!add(`${keyText(key)}: `, value[key] ?? null)) return undefined;
  }
  return `{${parts.join(", ")}}`;
}

/** `indent` undefined: the place has no room for a literal block. */
function scalarOrFlow(value: Json, indent: string | undefined, plain: RegExp): string {
  if (typeof value === "string") {
    return indent !== undefined && value.includes("\n")
      ? (literal(value, indent) ?? quoteText(value))
      : text(value, plain);
  }
  if (value === null || typeof value !== "object") return value === null ? "null" : String(value);
  return isSequence(value) ? "[]" : "{}";
}

function text(value: string, plain: RegExp): string {
  if (plain.test(value) && !value.includes(" #") && !value.endsWith(" ") && !isReserved(value)) return value;
  return DIGITS_PLAIN.test(value) ? value : quoteText(value);
}

function isReserved(value: string): boolean {
  const couldBe = value.length <= 5 || value.startsWith("e") || value.startsWith("E");
  return couldBe && RESERVED.test(value);
}

/** Cached, since the same few keys are in every file. */
const keys = new Map<string, string>();
const MOST_KEYS = 1_000;

function keyText(key: string): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  const made = text(key, FLOW_PLAIN);
  if (keys.size < MOST_KEYS) keys.set(key, made);
  return made;
}

/**
 * Text with double quotes gets single quotes; other text JSON's string syntax, with escapes for what
 * readers or terminals misread.
 */
function quoteText(value: string): string {
  if (value.includes('"') && SINGLE.test(value)) return `'${value}'`;
  const json = JSON.stringify(value);
  return UNPRINTABLE.test(json) ? json.replace(UNPRINTABLES, escapeCharacter) : json;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A literal block; undefined where a literal block would change the text. */
function literal(value: string, indent: string): string | undefined {
  if (UNPRINTABLE.test(value) || /\n[ \t]+$|^[ \t\n]/.test(value) || /\n[ \t]+\n*$/.test(value)) return undefined;
  const body = withoutTrailing(value, "\n");
  const end = value.length - body.length;
  const chomp = end === 0 ? "-" : end === 1 ? "" : "+";
  const blank = end > 1 ? "\n".repeat(end - 1) : "";
  return `|${chomp}\n${indent}${body.replace(/\n(?=[^\n])/g, `\n${indent}`)}${blank}`;
}

/**
 * Whether the value of a key goes on the key's line if there is room: lists of scalars; compactly, mappings
 * without lists of mappings.
 */
function staysOnLine(value: Json, compact: boolean): boolean {
  if (isSequence(value)) return !value.some(isBlock);
  if (!isYamlMapping(value)) return true;
  if (!compact) return false;
  for (const key in value) {
    const item = value[key] ?? null;
    if (isBlock(item) && !staysOnLine(item, true)) return false;
  }
  return true;
}

/** Whether the value is a list. */
export function isSequence(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether the value is a mapping. */
export function isYamlMapping(value: Json): value is Mapping {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Whether the value spans lines: a list or mapping that is not empty. */
export function isBlock(value: Json): boolean {
  if (value === null || typeof value !== "object") return false;
  if (Array.isArray(value)) return value.length > 0;
  for (const _ in value) return true;
  return false;
}
