import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";

/**
 * Builds the documents from js-yaml's events, faster than js-yaml itself, for the YAML that specs are usually written in.
 * Undefined where the text holds anything unusual, correct or not: an anchor, an alias, a tag, or a key that is not a string,
 * occurs twice, or is `__proto__` or `<<`. Then the caller has to use js-yaml.
 */
export function construct(text: string, events: readonly Event[]): readonly unknown[] | undefined {
  const cursor: Cursor = { text, events, next: 0, unusual: false };
  const documents: unknown[] = [];
  while (cursor.next < events.length && !cursor.unusual) {
    cursor.next += 1;
    documents.push(readNode(cursor));
    cursor.next += 1;
  }
  return cursor.unusual ? undefined : documents;
}

interface Cursor {
  readonly text: string;
  readonly events: readonly Event[];
  next: number;
  unusual: boolean;
}

function readNode(cursor: Cursor): unknown {
  const event = cursor.events[cursor.next];
  cursor.next += 1;
  if (
    event === undefined ||
    event.type === EVENT_ID.ALIAS ||
    event.type === EVENT_ID.POP ||
    event.type === EVENT_ID.DOCUMENT
  ) {
    cursor.unusual = true;
    return undefined;
  }
  if (event.anchorStart >= 0 || event.tagStart >= 0) cursor.unusual = true;
  if (event.type === EVENT_ID.SCALAR) return readScalar(cursor.text, event);
  return event.type === EVENT_ID.MAPPING ? readMap(cursor) : readList(cursor);
}

function readMap(cursor: Cursor): unknown {
  const map: Record<string, unknown> = {};
  while (!cursor.unusual && cursor.events[cursor.next]?.type !== EVENT_ID.POP) {
    const key = readNode(cursor);
    if (
      typeof key !== "string" ||
      key === "__proto__" ||
      key === "<<" ||
      (map[key] !== undefined && Object.hasOwn(map, key))
    ) {
      cursor.unusual = true;
      return map;
    }
    map[key] = readNode(cursor);
  }
  cursor.next += 1;
  return map;
}

function readList(cursor: Cursor): unknown {
  const list: unknown[] = [];
  while (!cursor.unusual && cursor.events[cursor.next]?.type !== EVENT_ID.POP) list.push(readNode(cursor));
  cursor.next += 1;
  return list;
}

function readScalar(text: string, event: ScalarEvent): unknown {
  if (event.style !== SCALAR_STYLE.PLAIN) return getScalarValue(text, event);
  if (event.valueStart < 0) return null;
  return plainValue(event.fast ? text.slice(event.valueStart, event.valueEnd) : getScalarValue(text, event));
}

/**
 * A plain scalar by the core schema of YAML 1.2 (yaml.org/spec/1.2.2, 10.3.2) as js-yaml reads it: a number beyond what a
 * double holds is text.
 */
function plainValue(source: string): unknown {
  if (!MAY_BE_OTHER.test(source)) return source;
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  if (DECIMAL.test(source)) return finite(Number(source), source);
  if (OCTAL.test(source)) return finite(signed(source, 8), source);
  return HEXADECIMAL.test(source) ? finite(signed(source, 16), source) : source;
}

/** The start of every plain value that is not a string. */
const MAY_BE_OTHER = /^(?:$|[-+.0-9~nNtTfF])/;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...[".inf", ".Inf", ".INF"].flatMap((word) => [
    [word, Infinity] as const,
    [`+${word}`, Infinity] as const,
    [`-${word}`, -Infinity] as const,
  ]),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
]);
const DECIMAL = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const OCTAL = /^0o[0-7]+$/;
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/;

function signed(source: string, base: number): number {
  return Number.parseInt(source.slice(2), base);
}

function finite(value: number, source: string): unknown {
  return Number.isFinite(value) ? value : source;
}
