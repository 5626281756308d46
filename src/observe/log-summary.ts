import type { LogTemplate } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { readLine } from "./log-line.ts";

/** A line of a log, redacted already. */
export interface LogLine {
  readonly at: Instant;
  readonly line: string;
}

export interface SummaryOptions {
  /** Kinds of lines not seen before this moment are new; where no line is older, that cannot be told and none is. */
  readonly deployedAt: Instant | undefined;
  /** Most kinds of lines that are told. */
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
/** Children of a node of the tree, kinds of a leaf, and kinds in all: a hostile log takes no more time or memory than others. */
const MOST_CHILDREN = 100;
const MOST_IN_LEAF = 64;
const MOST_KINDS = 5000;
const MOST_TOKENS = 60;
/** Characters of a template and of an example. */
const LONGEST = 500;
const ANY = "<*>";

/**
 * Groups lines into templates by Drain: a tree of fixed depth (number of tokens, then the first two), and within a leaf the
 * kind that shares most tokens; what differs becomes `<*>`. New kinds come first, then the worse level, then the more
 * frequent. Every line is counted once. Cost is linear in the lines, whatever they are.
 */
export function summarise(lines: readonly LogLine[], options: SummaryOptions): readonly LogTemplate[] {
  return finished(summarising(lines, options));
}

/** As `summarise`, piece by piece. */
export function* summarising(lines: readonly LogLine[], options: SummaryOptions): Work<readonly LogTemplate[]> {
  const { deployedAt, most } = options;
  const isKnown = deployedAt !== undefined && lines.some(({ at }) => at < deployedAt);
  return (yield* kindsOf(lines))
    .map((kind) => ({
      template: shortened(kind.tokens.join(" ")),
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
    const tokens = masked(message).split(" ", MOST_TOKENS);
    const own = leafOf(tokens, children);
    // Where there are too many kinds, what would begin another is counted as something else.
    const isRest = kinds.length >= MOST_KINDS && !leaves.has(own);
    const key = isRest ? REST : own;
    const leaf = leaves.get(key) ?? [];
    if (leaf.length === 0) leaves.set(key, leaf);
    const kind = nearest(leaf, tokens, leaf.length >= MOST_IN_LEAF || kinds.length >= MOST_KINDS ? 0 : SIMILAR);
    if (kind !== undefined) {
      add(kind, tokens, at, level);
      continue;
    }
    const example = shortened(message);
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

/** The kind that shares most tokens, at least the share that is asked for. */
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

/** What varies from line to line, recognised by its shape. One pass with one expression. */
const VARYING =
  /"(?:[^"\\]|\\.){0,200}"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,:+Z-]*|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b|(?<![A-Za-z_\d])[+-]?\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|[KMGT]i?B?|%)?(?![A-Za-z_])/gi;

function masked(message: string): string {
  return message.replace(VARYING, ANY).replace(/\s+/g, " ").trim();
}

/** Cut, never within a character. */
function shortened(text: string): string {
  return text.length <= LONGEST ? text : text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "");
}
