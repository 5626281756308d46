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
import type { Problem } from "../domain/problem.ts";
import type { JsonPointer, Path } from "../domain/scalars.ts";
import { decode } from "./decode.ts";
import { pointerOf, stepsOf } from "./pointer.ts";
import { type Node, nodesOf, type Place, pathAt, placeAt, placeOf } from "./positions.ts";
import { badString } from "./strings.ts";
import { MAX_DEPTH, MAX_DOCUMENTS, MAX_SPEC_BYTES } from "./yaml-limits.ts";

/** One YAML or JSON document: its value, and where each part of it stands (worked out when first asked for). */
export interface YamlDocument {
  readonly file: Path;
  readonly value: unknown;
  /** Place of the node at a pointer, or of its nearest ancestor there is; of its key, where `part` is "key". */
  readonly locate: (pointer: JsonPointer, part?: "key" | "value") => Place;
}

/** What a file holds: documents, or why it holds none. Never both. */
export interface Reading {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the one document of a spec file. The bytes may be hostile: at most 1 MiB of UTF-8, no control characters, 64
 * levels, no aliases, merge keys, directives or tags beyond YAML 1.2's own, each key once and a string. YAML 1.2 core
 * schema: `yes` is a string, `012` is 12. A file whose name ends in .json must be JSON as well.
 */
export function readYaml(file: Path, bytes: Uint8Array): Reading {
  const reading = readDocuments(file, bytes);
  const second = reading.documents[1];
  if (second !== undefined)
    return failed({ file, ...second.locate(""), pointer: "", message: "a second document; write one document a file" });
  if (reading.documents.length === 1 || reading.problems.length > 0) return reading;
  return failed({
    file,
    line: 1,
    column: 1,
    pointer: "",
    message: "the file is empty; write apiVersion, kind, metadata and spec",
  });
}

/** As readYaml, of a file that may hold up to 256 documents, or none. */
export function readDocuments(file: Path, bytes: Uint8Array): Reading {
  const decoded = decode(file, bytes, MAX_SPEC_BYTES, "spec");
  if (decoded.kind === "problem") return failed(decoded.problem);
  const { text } = decoded;
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    if (text.includes("%") && hasDirective(events))
      return failed({
        file,
        ...placeAt(text, text.search(/^%/m)),
        pointer: "",
        message: "a YAML directive; remove the line",
      });
    const values = constructFromEvents(events, { source: text, schema: SCHEMA, maxAliases: 0 });
    return checked(file, text, values);
  } catch (thrown) {
    return failed(syntaxProblem(file, text, thrown));
  }
}

function checked(file: Path, text: string, values: readonly unknown[]): Reading {
  if (values.length > MAX_DOCUMENTS)
    return failed({
      file,
      line: 1,
      column: 1,
      pointer: "",
      message: `${values.length} documents; at most ${MAX_DOCUMENTS} a file`,
    });
  const nodes = lazily(() => nodesOf(text));
  const documents = values.map((value, index): YamlDocument => {
    const locate = (pointer: JsonPointer, part: "key" | "value" = "value") =>
      placeOf(text, nodes()[index], stepsOf(pointer), part);
    return { file, value, locate };
  });
  if (!text.includes("\\")) return { documents, problems: json(file, text) };
  for (const document of documents) {
    const bad = badString(document.value, []);
    if (bad !== undefined)
      return failed({
        file,
        ...document.locate(pointerOf(bad.path)),
        pointer: pointerOf(bad.path),
        message: bad.message,
      });
  }
  const problems = json(file, text);
  return { documents: problems.length === 0 ? documents : [], problems };
}

const SCHEMA = CORE_SCHEMA.withTags(
  defineMappingTag("tag:yaml.org,2002:map", {
    create: (): Record<string, unknown> => ({}),
    identify: mapTag.identify,
    addPair: (map, key, value) => {
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

/** What a JSON reader has against a file whose name says that it is JSON. */
function json(file: Path, text: string): readonly Problem[] {
  if (!file.toLowerCase().endsWith(".json")) return [];
  try {
    JSON.parse(text);
    return [];
  } catch (thrown) {
    const offset = Number(/position (\d{1,9})/.exec(String(thrown))?.[1] ?? 0);
    return [
      {
        file,
        ...placeAt(text, offset),
        pointer: "",
        message: "not JSON, though the file's name ends in .json; write JSON, or name it .yaml",
      },
    ];
  }
}

function syntaxProblem(file: Path, text: string, thrown: unknown): Problem {
  if (!(thrown instanceof YAMLException) || thrown.mark === undefined) {
    return { file, line: 1, column: 1, pointer: "", message: "not readable as YAML" };
  }
  const offset = thrown.mark.position;
  return {
    file,
    ...placeAt(text, offset),
    pointer: pointerAt(text, offset),
    message: advice(thrown.reason, text, offset),
  };
}

/** Pointer of the key at an offset, where the text is well-formed YAML and the trouble lies in what it means. */
function pointerAt(text: string, offset: number): JsonPointer {
  try {
    return pointerOf(
      nodesOf(text)
        .map((node: Node) => pathAt(node, offset))
        .find((path) => path !== undefined) ?? [],
    );
  } catch {
    return "";
  }
}

const ADVICE: ReadonlyArray<readonly [start: string, advice: string]> = [
  ["duplicated mapping key", "{} is written twice; keep one of the two"],
  ["a key that is no string", "key {} is not a string; put it in quotes"],
  ["object-based map does not support complex keys", "a key that is a list or a mapping; write a string"],
  ["key <<", "merge keys (<<) are not supported; write the fields out, or use a template"],
  ["key __proto__", "__proto__ cannot be a key; remove it"],
  ["aliases exceeded", "anchors and aliases are not supported; write the value out, or use a template"],
  ["unidentified alias", "{} is read as an alias; put the text in quotes"],
  ["nesting exceeded", `nested deeper than ${MAX_DEPTH} levels; flatten it`],
  ["unknown ", "custom tags are not supported; remove the tag, or quote the text"],
  ["undeclared tag handle", "custom tags are not supported; remove the tag, or quote the text"],
  ["tag ", "read as a tag because it starts with '!'; put the text in quotes"],
  ["cannot resolve a node", "the value does not fit its tag; remove the tag"],
  ["tab characters", "a tab in the indentation; indent with spaces"],
  [
    "bad indentation of a mapping entry",
    "wrong indentation; align the key with its siblings, or quote a text that holds ': '",
  ],
  ["bad indentation of a sequence entry", "wrong indentation; align the '-' with its siblings"],
  ["deficient indentation", "wrong indentation; indent it deeper than its parent"],
  ["can not read a block mapping entry", "a line without ':'; write key: value"],
  ["expected ':' after a mapping key", "no ':' after the key; write key: value"],
  ["missed comma", "no ',' between the entries; add it"],
  ["unexpected end of the stream within a double quoted", "the text has no closing '\"'; add it"],
  ["unexpected end of the stream within a single quoted", 'the text has no closing "\'"; add it'],
  ["unexpected end of the stream within a flow", "no closing bracket; add ']' or '}'"],
  ["unknown escape sequence", "unknown escape after '\\'; double the backslash, or use single quotes"],
  [
    "end of the stream or a document separator",
    "unexpected text; indent it as part of the value above, or quote the value",
  ],
];

function advice(reason: string, text: string, offset: number): string {
  const found = ADVICE.find(([start]) => reason.startsWith(start));
  if (found === undefined) return `not readable as YAML: ${reason}`;
  return found[1].replace("{}", () =>
    JSON.stringify(/^[^\s:,{}[\]"']{1,64}/.exec(text.slice(offset, offset + 64))?.[0] ?? "the key"),
  );
}

function failed(problem: Problem): Reading {
  return { documents: [], problems: [problem] };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
