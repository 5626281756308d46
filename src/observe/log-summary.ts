import { stripVTControlCharacters } from "node:util";
import type { LogTemplate } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";

/** A line of a log, redacted already. */
export interface LogLine {
  readonly at: Instant;
  readonly line: string;
}

export interface SummaryOptions {
  /** Kinds of lines not seen before this moment are new. */
  readonly deployedAt: Instant | undefined;
  /** Most kinds of lines that are told. */
  readonly most: number;
}

interface Cluster {
  tokens: string[];
  count: number;
  first: Instant;
  last: Instant;
  level: LogTemplate["level"];
  example: string;
}

/** Share of tokens that must be the same for a line to be of a kind. He et al., Drain (ICWS 2017), section III. */
const SIMILAR = 0.5;
/** Children of a node of the tree, and kinds in all: a hostile log must not fill the memory. */
const MOST_CHILDREN = 100;
const MOST_KINDS = 5000;
const LONGEST = 2000;
const MOST_TOKENS = 60;
const ANY = "<*>";

/**
 * Groups lines into templates by Drain: a tree of fixed depth (number of tokens, then the first two), and within a leaf the
 * kind that shares most tokens; what differs becomes `<*>`. New kinds come first, then the worse level, then the more
 * frequent. Cost is linear in the lines.
 */
export function summarise(lines: readonly LogLine[], options: SummaryOptions): readonly LogTemplate[] {
  const leaves = new Map<string, Cluster[]>();
  const children = new Map<string, Set<string>>();
  let kinds = 0;
  for (const { at, line } of lines) {
    const { message, level } = readLine(line);
    const tokens = masked(message).split(" ", MOST_TOKENS);
    const key = leafOf(tokens, children);
    const leaf = leaves.get(key) ?? [];
    if (leaf.length === 0) leaves.set(key, leaf);
    const kind = nearest(leaf, tokens) ?? (kinds >= MOST_KINDS ? leaf[0] : undefined);
    if (kind === undefined) {
      kinds += 1;
      leaf.push({ tokens, count: 1, first: at, last: at, level, example: message.slice(0, 500) });
      continue;
    }
    kind.count += 1;
    kind.first = Math.min(kind.first, at);
    kind.last = Math.max(kind.last, at);
    if (RANK[level] < RANK[kind.level]) kind.level = level;
    for (const [index, token] of tokens.entries()) if (kind.tokens[index] !== token) kind.tokens[index] = ANY;
  }
  const { deployedAt } = options;
  return [...leaves.values()]
    .flat()
    .map((kind) => ({
      template: kind.tokens.join(" ").slice(0, 500),
      count: kind.count,
      level: kind.level,
      firstSeen: kind.first,
      lastSeen: kind.last,
      isNew: deployedAt !== undefined && kind.first >= deployedAt,
      example: kind.example,
    }))
    .sort(
      (a, b) =>
        Number(b.isNew) - Number(a.isNew) ||
        RANK[a.level] - RANK[b.level] ||
        b.count - a.count ||
        (a.template < b.template ? -1 : 1),
    )
    .slice(0, options.most);
}

const RANK: Readonly<Record<LogTemplate["level"], number>> = {
  fatal: 0,
  error: 1,
  warn: 2,
  info: 3,
  unknown: 4,
  debug: 5,
};

function leafOf(tokens: readonly string[], children: Map<string, Set<string>>): string {
  let key = String(tokens.length);
  for (const token of tokens.slice(0, 2)) {
    const known = children.get(key) ?? new Set();
    children.set(key, known);
    const step = token.includes("<") || (!known.has(token) && known.size >= MOST_CHILDREN) ? ANY : token;
    known.add(step);
    key += `\u0000${step}`;
  }
  return key;
}

function nearest(leaf: readonly Cluster[], tokens: readonly string[]): Cluster | undefined {
  let best: Cluster | undefined;
  let share = SIMILAR;
  for (const kind of leaf) {
    let same = 0;
    for (const [index, token] of tokens.entries()) if (kind.tokens[index] === token) same += 1;
    const similarity = tokens.length === 0 ? 1 : same / tokens.length;
    if (similarity >= share) [best, share] = [kind, similarity];
  }
  return best;
}

/** What varies from line to line, recognised by its shape. One pass with one expression. */
const VARYING =
  /"(?:[^"\\]|\\.){0,200}"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,:+Z-]*|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b|(?<![A-Za-z_])[+-]?\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|[KMGT]i?B?|%)?(?![A-Za-z_])/gi;

function masked(message: string): string {
  return message.replace(VARYING, ANY).replace(/\s+/g, " ").trim();
}

/** The message and level of a line: of JSON its usual fields, else what the text says. */
function readLine(line: string): { readonly message: string; readonly level: LogTemplate["level"] } {
  const text = stripVTControlCharacters(line.slice(0, LONGEST)).replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "");
  if (text.startsWith("{")) {
    try {
      const parsed: unknown = JSON.parse(text);
      const field = (...names: readonly string[]) => {
        for (const name of names) {
          const value: unknown = typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, name) : undefined;
          if (typeof value === "string") return value;
        }
        return undefined;
      };
      const message = field("message", "msg", "log", "error");
      if (message !== undefined) return { message, level: levelOf(field("level", "severity", "lvl") ?? message) };
    } catch {
      // A line that only looks like JSON is text.
    }
  }
  return { message: text, level: levelOf(text.slice(0, 200)) };
}

function levelOf(text: string): LogTemplate["level"] {
  const [, word = ""] =
    /(?:^|[^a-z])(fatal|panic|critical|error|exception|traceback|warn|warning|info|debug|trace)(?![a-z])/i.exec(text) ??
    [];
  const level = word.toLowerCase();
  if (["fatal", "panic", "critical"].includes(level)) return "fatal";
  if (["error", "exception", "traceback"].includes(level)) return "error";
  if (level.startsWith("warn")) return "warn";
  if (level === "info") return "info";
  return level === "debug" || level === "trace" ? "debug" : "unknown";
}
