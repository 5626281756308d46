import fc from "fast-check";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { toYaml, toYamlDocuments } from "../../../src/compile/yaml/yaml.ts";
import type { Json } from "../../../src/domain/values/scalars.ts";

/** What YAML readers have been seen to misread, in one version of the language or another. */
const awkward = [
  "yes",
  "No",
  "on",
  "y",
  "~",
  "",
  "-",
  "? a",
  "a: b",
  "a:",
  "a #b",
  "# c",
  "'",
  '"',
  "%",
  "@a",
  "`",
  "!tag",
  "&a",
  "*b",
  "|",
  ">",
  "<<",
  "=",
  "0o17",
  "012",
  "1_000",
  "1e3",
  "0x1F",
  "1.",
  "+1",
  ".5",
  ".inf",
  "NaN",
  "12:30:45",
  "2024-01-01",
  "1m",
  "5k",
  "e0",
  "E-5",
  "1.2.3",
  "10.0.0.0/8",
  "1E",
  "null",
  "true",
  "{{ x }}",
  "{a: b}",
  "[x]",
  "x]",
  "a, b",
  "\n",
  "a\n",
  "a\n\n",
  " a\nb",
  "a\n b\n",
  "a\n  \nb",
  "a\n\tb",
  "\tx\ny",
  "x\r\ny",
  "---\na",
  "a\n---\nb\n",
  "a\n...\n",
  "#x\ny",
  "k: v\n",
  "\u0085",
  "\ufeff",
  "\u2028x",
  "\u202eevil\n",
  "\ud83d\ude00 ok\nzz",
  "\ud800",
  "\0",
  "\u001b[31m",
];

const text = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({ unit: "binary" }),
  fc.array(fc.oneof(fc.constantFrom(...awkward, "\n", " ", "\t"), fc.string())).map((parts) => parts.join("")),
);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number));
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    finite,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 5 }),
    fc.dictionary(
      text.filter((key) => key !== "__proto__"),
      tie("json"),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
}));

test("every reader gets back what was written, in YAML 1.1 and 1.2", () => {
  fc.assert(
    fc.property(json, fc.constantFrom("block", "compact"), (value, style) => {
      const written = toYaml(value, style);
      expect(parse(written)).toEqual(value);
      expect(parse(written, { version: "1.1" })).toEqual(value);
      expect(load(written)).toEqual(value);
    }),
    { numRuns: 3_000 },
  );
});

test("the same value gives the same text, and no text holds a control character or a mark that turns the reading direction", () => {
  fc.assert(
    fc.property(json, (value) => {
      const written = toYaml(value);
      expect(toYaml(structuredClone(value))).toBe(written);
      expect(written).not.toMatch(/[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
      expect(written.endsWith("\n")).toBe(true);
    }),
  );
});

test("it reads as a person would write it", () => {
  const value = {
    image: "ghcr.io/acme/triage:1.2.0",
    description: "Says hello, and nothing else",
    resources: { limits: { memory: "512Mi" } },
    version: "1.2.0",
    tags: ["support", "x: y"],
    callers: [{ appId: "router", namespace: "acme" }],
    skills: [
      {
        id: "a",
        name: "Classify",
        description: "Chooses the queue and the priority of a ticket for the people who answer it",
        tags: ["t"],
      },
    ],
    prompt: "Greet.\n\n- Be kind.\n",
    port: "8080",
    empty: {},
  };
  expect(toYaml(value, "compact")).toBe(`image: ghcr.io/acme/triage:1.2.0
description: Says hello, and nothing else
resources: {limits: {memory: 512Mi}}
version: 1.2.0
tags: [support, "x: y"]
callers:
  - {appId: router, namespace: acme}
skills:
  - id: a
    name: Classify
    description: Chooses the queue and the priority of a ticket for the people who answer it
    tags: [t]
prompt: |
  Greet.

  - Be kind.
port: "8080"
empty: {}
`);
});

test("documents of one file are parted", () => {
  expect(toYamlDocuments([{ a: 1 }, { b: 2 }])).toBe("a: 1\n---\nb: 2\n");
});
