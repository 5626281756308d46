import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { MAX_DEPTH } from "./yaml-limits.ts";

/** Where something starts; both count from 1, columns in UTF-16 code units. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** A node of a YAML document with the offsets at which it starts; `at` of a missing value is that of its key. */
export type PositionedNode =
  | { readonly kind: "scalar"; readonly at: number }
  | { readonly kind: "list"; readonly at: number; readonly items: readonly PositionedNode[] }
  | { readonly kind: "map"; readonly at: number; readonly entries: ReadonlyMap<string, PositionedEntry> };

export interface PositionedEntry {
  readonly keyAt: number;
  readonly value: PositionedNode;
}

/** Every document of a text that js-yaml can read, as nodes with offsets. Throws what js-yaml throws on any other text. */
export function readNodes(text: string): readonly PositionedNode[] {
  const reader = { text, events: parseEvents(text, { maxDepth: MAX_DEPTH }), next: 0, offset: 0 };
  const documents: PositionedNode[] = [];
  while (reader.next < reader.events.length) {
    reader.next += 1;
    documents.push(readNode(reader));
    reader.next += 1;
  }
  return documents;
}

/**
 * The position of the node at a path, or of its nearest ancestor that exists: of its key where `part` is "key" (and it has
 * one), else of its value.
 */
export function positionOfPath(
  find: FindLineColumn,
  root: PositionedNode | undefined,
  path: readonly PropertyKey[],
  part: "key" | "value",
): LineColumn {
  let node = root;
  let at = root?.at ?? 0;
  for (const [depth, step] of path.entries()) {
    const entry: PositionedEntry | undefined = node === undefined ? undefined : entryOf(node, step);
    if (entry === undefined) break;
    node = entry.value;
    at = part === "key" && depth === path.length - 1 ? entry.keyAt : node.at;
  }
  return find(at);
}

/** The line and column of an offset; a line ends in LF, CRLF or CR. */
export function lineColumnAt(text: string, offset: number): LineColumn {
  return lineColumnFinder(text.slice(0, offset + 1))(offset);
}

/** Returns the line and column of an offset. */
export type FindLineColumn = (offset: number) => LineColumn;

/** As `lineColumnAt`, for many offsets of one text, which is read once. */
export function lineColumnFinder(text: string): FindLineColumn {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return (offset) => {
    let line = 0;
    for (let after = starts.length; after - line > 1; ) {
      const middle = (line + after) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else after = middle;
    }
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/**
 * The path to the node or key that starts at an offset, or after a quote or mark at the offset; undefined
 * where there is none.
 */
export function pathAt(node: PositionedNode, offset: number): readonly string[] | undefined {
  if (node.kind === "scalar") return undefined;
  const children =
    node.kind === "map"
      ? [...node.entries]
      : node.items.map((value, index) => [String(index), { keyAt: -1, value }] as const);
  for (const [step, child] of children) {
    if (child.keyAt === offset || child.keyAt === offset - 1) return [step];
    const below = pathAt(child.value, offset);
    if (below !== undefined) return [step, ...below];
    if (child.value.at === offset || child.value.at === offset - 1) return [step];
  }
  return undefined;
}

function entryOf(node: PositionedNode, step: PropertyKey): PositionedEntry | undefined {
  if (node.kind === "map") return node.entries.get(String(step));
  const item = node.kind === "list" ? node.items[Number(step)] : undefined;
  return item === undefined ? undefined : { keyAt: item.at, value: item };
}

interface EventReader {
  readonly text: string;
  readonly events: readonly Event[];
  next: number;
  /** Where the last node with a position started or ended; the next one comes after it. */
  offset: number;
}

function readNode(reader: EventReader): PositionedNode {
  const event = reader.events[reader.next];
  reader.next += 1;
  if (event?.type === EVENT_ID.MAPPING) return readMap(reader, propertiesOf(event, event.start));
  if (event?.type === EVENT_ID.SEQUENCE) return readList(reader, propertiesOf(event, event.start));
  if (event?.type === EVENT_ID.SCALAR) return readScalar(reader, event);
  if (event?.type === EVENT_ID.ALIAS) return { kind: "scalar", at: event.anchorStart - 1 };
  return { kind: "scalar", at: reader.offset };
}

/** Where a node starts: with its tag or anchor, where it has one. */
function propertiesOf(event: { readonly tagStart: number; readonly anchorStart: number }, start: number): number {
  return Math.max(0, Math.min(start, ...[event.tagStart, event.anchorStart - 1].filter((at) => at >= 0)));
}

function readScalar(reader: EventReader, event: ScalarEvent): PositionedNode {
  if (event.valueStart < 0) return { kind: "scalar", at: propertiesOf(event, reader.offset) };
  let at = event.valueStart;
  if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED) at -= 1;
  if (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK) {
    at = indicator(reader.text, reader.offset, event.style === SCALAR_STYLE.LITERAL_BLOCK ? "|" : ">", at);
  }
  reader.offset = event.valueEnd;
  return { kind: "scalar", at: propertiesOf(event, at) };
}

function indicator(text: string, from: number, character: string, fallback: number): number {
  const found = text.indexOf(character, from);
  return found >= 0 && found < fallback ? found : fallback;
}

function readMap(reader: EventReader, at: number): PositionedNode {
  const entries = new Map<string, PositionedEntry>();
  reader.offset = at;
  while (reader.events[reader.next]?.type !== EVENT_ID.POP) {
    const event = reader.events[reader.next];
    const key = readNode(reader);
    const name = event?.type === EVENT_ID.SCALAR ? getScalarValue(reader.text, event) : "";
    reader.offset = Math.max(reader.offset, key.at);
    const empty = isEmpty(reader.events[reader.next]);
    const value = readNode(reader);
    entries.set(name, { keyAt: key.at, value: empty ? { kind: "scalar", at: key.at } : value });
  }
  reader.next += 1;
  return { kind: "map", at, entries };
}

function readList(reader: EventReader, at: number): PositionedNode {
  const items: PositionedNode[] = [];
  reader.offset = at;
  while (reader.events[reader.next]?.type !== EVENT_ID.POP) items.push(readNode(reader));
  reader.next += 1;
  return { kind: "list", at, items };
}

function isEmpty(event: Event | undefined): boolean {
  return event?.type === EVENT_ID.SCALAR && event.valueStart < 0 && event.tagStart < 0 && event.anchorStart < 0;
}
