import {
  CORE_SCHEMA,
  constructFromEvents,
  defineMappingTag,
  EVENT_ID,
  type Event,
  mapTag,
  parseEvents,
  YAMLException,
} from "js-yaml";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf, pointerSteps } from "../../domain/values/json-pointer.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import { decode } from "../read/decode.ts";
import { construct } from "./construct.ts";
import {
  type LineColumn,
  lineColumnAt,
  lineColumnFinder,
  type PositionedNode,
  pathAt,
  positionOfPath,
  readNodes,
} from "./positions.ts";
import { badString } from "./strings.ts";
import { syntaxAdvice } from "./syntax-advice.ts";
import { MAX_DEPTH, MAX_DOCUMENTS, MAX_NODES, MAX_NODES_OF_DOCUMENTS, MAX_SPEC_BYTES } from "./yaml-limits.ts";

/** One YAML or JSON document: its value, and the position of each part (computed when it is first needed). */
export interface YamlDocument {
  readonly file: Path;
  readonly value: unknown;
  /** The file's text. It contains each string of the value, where it has no backslash. */
  readonly text: string;
  /** The position of the node at a pointer, or of its nearest ancestor that exists; of its key, where `part` is "key". */
  readonly locate: (pointer: JsonPointer, part?: "key" | "value") => LineColumn;
}

/** The documents of a file, or its Problems; never both. */
export interface Reading {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the one document of a spec file. The bytes may be hostile. Allowed are at most 1 MiB of UTF-8 without control characters,
 * 64 levels, and 5,000 keys and values; no aliases, merge keys, directives, or tags other than those of YAML 1.2. Each key is a
 * string and occurs once. By the core schema of YAML 1.2, `yes` is a string and `012` is 12. A .json file must also be JSON.
 */
export function readYaml(file: Path, bytes: Uint8Array): Reading {
  const reading = read(file, bytes, MAX_NODES);
  const second = reading.documents[1];
  if (second !== undefined) return failReading(file, second.locate(""), "a second document; write one document a file");
  if (reading.documents.length === 1 || reading.problems.length > 0) return reading;
  return failReading(file, TOP, "the file is empty; write apiVersion, kind, metadata and spec");
}

/** As readYaml, for a file with up to 256 documents. */
export function readDocuments(file: Path, bytes: Uint8Array): Reading {
  return read(file, bytes, MAX_NODES_OF_DOCUMENTS);
}

function read(file: Path, bytes: Uint8Array, mostNodes: number): Reading {
  const decoded = decode(file, bytes, MAX_SPEC_BYTES, "spec");
  if (decoded.kind === "problem") return { documents: [], problems: [decoded.problem] };
  const { text } = decoded;
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const excess = nodeBeyond(events, mostNodes);
    if (excess !== undefined)
      return failReading(
        file,
        lineColumnAt(text, excess),
        `more than ${mostNodes} keys and values; divide it, or shorten it`,
      );
    if (text.includes("%") && hasDirective(events)) {
      return failReading(file, lineColumnAt(text, text.search(/^%/m)), "a YAML directive; remove the line");
    }
    const options = { source: text, schema: SCHEMA, maxAliases: 0 };
    return checkValues(file, text, construct(text, events) ?? constructFromEvents(events, options));
  } catch (thrown) {
    return { documents: [], problems: [syntaxProblem(file, text, thrown)] };
  }
}

const TOP: LineColumn = { line: 1, column: 1 };

function checkValues(file: Path, text: string, values: readonly unknown[]): Reading {
  if (values.length > MAX_DOCUMENTS)
    return failReading(file, TOP, `${values.length} documents; at most ${MAX_DOCUMENTS} a file`);
  if (file.endsWith(".json") && values.length > 0) {
    const offset = notJson(text);
    const message = "not JSON, though the file's name ends in .json; write JSON, or name it .yaml";
    if (offset !== undefined) return failReading(file, lineColumnAt(text, offset), message);
  }
  const nodes = lazily(() => readNodes(text));
  const places = lazily(() => lineColumnFinder(text));
  const documents = values.map((value, index): YamlDocument => {
    const locate = (pointer: JsonPointer, part: "key" | "value" = "value") =>
      positionOfPath(places(), nodes()[index], pointerSteps(pointer), part);
    return { file, value, text, locate };
  });
  for (const document of text.includes("\\") ? documents : []) {
    const bad = badString(document.value, []);
    if (bad === undefined) continue;
    const pointer = pointerOf(bad.path);
    return failReading(file, document.locate(pointer), bad.message, pointer);
  }
  return { documents, problems: [] };
}

const SCHEMA = CORE_SCHEMA.withTags(
  defineMappingTag("tag:yaml.org,2002:map", {
    create: (): Record<string, unknown> => ({}),
    identify: mapTag.identify,
    addPair: (map, key, value) => {
      if (typeof key === "object" && key !== null) return "a key that is a collection";
      if (typeof key !== "string") return "a key that is no string";
      if (key === "__proto__" || key === "<<") return `key ${key}`;
      map[key] = value;
      return "";
    },
    has: (map, key) => typeof key === "string" && Object.hasOwn(map, key),
    keys: (map) => Object.keys(map),
    get: (map, key) => (typeof key === "string" && Object.hasOwn(map, key) ? map[key] : null),
  }),
);

function hasDirective(events: readonly Event[]): boolean {
  return events.some((event) => event.type === EVENT_ID.DOCUMENT && event.directives.length > 0);
}

/** The position of the first key or value above the maximum; undefined where there is none. */
function nodeBeyond(events: readonly Event[], most: number): number | undefined {
  let count = 0;
  let offset = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) continue;
    count += 1;
    if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) offset = event.valueStart;
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) offset = event.start;
    if (count > most) return Math.max(0, offset);
  }
  return undefined;
}

/** Where a JSON parser fails on a text; undefined where it does not. */
function notJson(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (thrown) {
    return Number(/position (\d{1,9})/.exec(String(thrown))?.[1] ?? 0);
  }
}

function syntaxProblem(file: Path, text: string, thrown: unknown): Problem {
  if (!(thrown instanceof YAMLException) || thrown.mark === undefined) {
    return { file, line: 1, column: 1, pointer: "", message: "not readable as YAML; check it with a YAML linter" };
  }
  const offset = startOf(text, thrown.reason, thrown.mark.position);
  const path = pathOf(text, offset);
  return {
    file,
    ...lineColumnAt(text, offset),
    pointer: pointerOf(path),
    message: syntaxAdvice(thrown.reason, path.at(-1) ?? wordAt(text, offset)),
  };
}

/** Where the mistake is: the parser notices a line without a colon only on the next line. */
function startOf(text: string, reason: string, offset: number): number {
  if (!reason.startsWith("can not read a block mapping entry")) return offset;
  const before = text.slice(0, text.lastIndexOf("\n", offset - 1) + 1).trimEnd();
  const start = before.lastIndexOf("\n") + 1;
  return before === "" ? offset : start + (before.length - start - before.slice(start).trimStart().length);
}

/** The path of the node at an offset, where the text is well-formed YAML but its content is not accepted. */
function pathOf(text: string, offset: number): readonly string[] {
  try {
    const paths = readNodes(text).map((node: PositionedNode) => pathAt(node, offset));
    return paths.find((path) => path !== undefined) ?? [];
  } catch {
    return [];
  }
}

function wordAt(text: string, offset: number): string {
  return /^[^\s:,{}[\]"']{1,64}/.exec(text.slice(offset, offset + 64))?.[0] ?? "";
}

function failReading(file: Path, place: LineColumn, message: string, pointer: JsonPointer = ""): Reading {
  return { documents: [], problems: [{ file, ...place, pointer, message }] };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
