import type { LogTemplate } from "../domain/alert/evidence.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { readLine } from "./log-line.ts";

/** A line of a log, redacted already. */
export interface LogLine {
  readonly at: Instant;
  readonly line: string;
}

export interface SummaryOptions {
  /** A kind of line is new where it was not seen before this moment. Where no line is older, none is new. */
  readonly deployedAt: Instant | undefined;
  /** How many kinds of lines the summary holds at most. */
  readonly most: number;
}

interface Kind {
  readonly tokens: string[];
  count: number;
  first: Instant;
  last: Instant;
  level: LogTemplate["level"];
  readonly example: string;
}

/** Share of tokens that must be the same for a line to be of a kind. He et al., Drain (ICWS 2017), section III. */
const SIMILAR = 0.5;
/** Limits on children of a node, kinds of a leaf, and kinds in all: a hostile log takes no more time or memory than others. */
const MOST_CHILDREN = 100;
const MOST_IN_LEAF = 64;
const MOST_KINDS = 5000;
const MOST_TOKENS = 60;
/** Characters of a template and of an example. */
const LONGEST = 500;
const ANY = "<*>";

/**
 * Groups lines into templates by Drain: a tree of fixed depth (number of tokens, then the first two), and within a leaf the
 * kind that shares most tokens; tokens that differ become `<*>`. New kinds come first, then worse levels, then more frequent
 * ones. Every line is counted once. The time is always linear in the lines.
 */
export function summarise(lines: readonly LogLine[], options: SummaryOptions): readonly LogTemplate[] {
  return finished(summarising(lines, options));
}

/** As `summarise`, in pieces. */
export function* summarising(lines: readonly LogLine[], options: SummaryOptions): Work<readonly LogTemplate[]> {
  const { deployedAt, most } = options;
  const isKnown = deployedAt !== undefined && lines.some(({ at }) => at < deployedAt);
  return (yield* kindsOf(lines))
    .map((kind) => ({
      template: shorten(kind.tokens.join(" ")),
      count: kind.count,
      level: kind.level,
      firstSeen: kind.first,
      lastSeen: kind.last,
      isNew: isKnown && kind.first >= deployedAt,
      example: kind.example,
    }))
    .sort(
      (a, b) =>
        Number(b.isNew) - Number(a.isNew) ||
        RANK[a.level] - RANK[b.level] ||
        b.count - a.count ||
        (a.template < b.template ? -1 : 1),
    )
    .slice(0, most);
}

const RANK: Readonly<Record<LogTemplate["level"], number>> = {
  fatal: 0,
  error: 1,
  warn: 2,
  info: 3,
  unknown: 4,
  debug: 5,
};

function* kindsOf(lines: readonly LogLine[]): Work<readonly Kind[]> {
  const leaves = new Map<string, Kind[]>();
  const children = new Map<string, Set<string>>();
  const kinds: Kind[] = [];
  for (const { at, line } of lines) {
    yield;
    const { message, level } = readLine(line);
    const tokens = maskVarying(message).split(" ", MOST_TOKENS);
    const own = leafOf(tokens, children);
    // Where there are too many kinds, a line that would begin a new one goes to a common leaf.
    const isRest = kinds.length >= MOST_KINDS && !leaves.has(own);
    const key = isRest ? REST : own;
    const leaf = leaves.get(key) ?? [];
    if (leaf.length === 0) leaves.set(key, leaf);
    const kind = nearest(leaf, tokens, leaf.length >= MOST_IN_LEAF || kinds.length >= MOST_KINDS ? 0 : SIMILAR);
    if (kind !== undefined) {
      add(kind, tokens, at, level);
      continue;
    }
    const example = shorten(message);
    const begun = { tokens: isRest ? [ANY] : tokens, count: 1, first: at, last: at, level, example };
    leaf.push(begun);
    kinds.push(begun);
  }
  return kinds;
}

const REST = "";

function add(kind: Kind, tokens: readonly string[], at: Instant, level: LogTemplate["level"]): void {
  kind.count += 1;
  kind.first = Math.min(kind.first, at);
  kind.last = Math.max(kind.last, at);
  if (RANK[level] < RANK[kind.level]) kind.level = level;
  for (const [index, token] of kind.tokens.entries()) if (tokens[index] !== token) kind.tokens[index] = ANY;
}

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

/** The kind that shares the most tokens with a line, if it shares enough. */
function nearest(leaf: readonly Kind[], tokens: readonly string[], least: number): Kind | undefined {
  let best: Kind | undefined;
  let share = least;
  for (const kind of leaf) {
    let same = 0;
    for (let index = 0; index < tokens.length; index += 1) if (kind.tokens[index] === tokens[index]) same += 1;
    const similarity = same / tokens.length;
    if (similarity > share || (best === undefined && similarity >= share)) [best, share] = [kind, similarity];
  }
  return best;
}

/** Values that vary from line to line, such as numbers and ids, recognised by their shape with one expression. */
const VARYING =
  /"(?:[^"\\]|\\.){0,200}"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,:+Z-]*|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b|(?<![A-Za-z_\d])[+-]?\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|[KMGT]i?B?|%)?(?![A-Za-z_])/gi;

function maskVarying(message: string): string {
  return message.replace(VARYING, ANY).replace(/\s+/g, " ").trim();
}

/** The text cut, never inside a character. */
function shorten(text: string): string {
  return text.length <= LONGEST ? text : text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "");
}
