import fc from "fast-check";
import { dump } from "js-yaml";
import { describe, expect, test } from "vitest";
import { parseDocument, stringify } from "yaml";
import { readDocuments, readYaml } from "../../../src/spec/yaml/read-yaml.ts";
import { line } from "../../support/specs/snapshot.ts";

const FILE = "agents/acme/triage.yaml";
const read = (text: string | Uint8Array, file = FILE) =>
  readYaml(file, typeof text === "string" ? Buffer.from(text) : text);
const problems = (text: string | Uint8Array, file = FILE) => read(text, file).problems.map(line);

describe("what cannot be read is a Problem with its place", () => {
  const cases: readonly [string, string | Uint8Array, string][] = [
    ["nothing", "", "1:1 : the file is empty; write apiVersion, kind, metadata and spec"],
    ["only a comment", "# later\n", "1:1 : the file is empty; write apiVersion, kind, metadata and spec"],
    ["too much", Buffer.alloc(1024 * 1024 + 1, "#"), "1:1 : 1025 KiB is too large for a spec; at most 1024 KiB"],
    ["not UTF-8", Buffer.from([0x61, 0x3a, 0x0a, 0x20, 0xc3, 0x28]), "2:2 : not UTF-8; save the spec in UTF-8"],
    ["UTF-16", Buffer.from("\ufeffa: 1", "utf16le"), "1:1 : not UTF-8; save the spec in UTF-8"],
    ["a cut-off character", Buffer.from([0x61, 0x3a, 0x20, 0xe2, 0x82]), "1:4 : not UTF-8; save the spec in UTF-8"],
    ["a NUL", "a: 1\nb: x\0y\n", "2:5 : control character U+0000; remove it"],
    ["an escape sequence", "a: \u001b[31m\n", "1:4 : control character U+001B; remove it"],
    ["a C1 control", "a: \u009b31m\n", "1:4 : control character U+009B; remove it"],
    ["an escaped control", 'a: {b: "x\\0y"}\n', "1:8 /a/b: the escape of a control character; remove it"],
    [
      "half a character",
      '{"a": "\\ud800"}\n',
      "1:7 /a: the escape of half a character (a surrogate); write the character itself",
    ],
    ["a key twice", "spec:\n  port: 1\n  port: 2\n", '3:3 /spec/port: "port" is written twice; keep one of the two'],
    [
      "a key twice in brackets",
      'a: {"x y": 1, "x y": 2}\n',
      '1:16 /a/x y: "x y" is written twice; keep one of the two',
    ],
    [
      "an alias",
      "a: &x 1\nb: *x\n",
      "2:5 /b: anchors and aliases are not supported; write the value out, or use a template",
    ],
    [
      "an alias bomb",
      `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n`,
      "2:9 /b/0: anchors and aliases are not supported; write the value out, or use a template",
    ],
    [
      "an alias of nothing",
      "a: *glob\n",
      "1:5 /a: anchors and aliases are not supported; write the value out, or use a template",
    ],
    [
      "a merge key",
      "a:\n  <<: {x: 1}\n",
      "2:3 /a/<<: merge keys (<<) are not supported; write the fields out, or use a template",
    ],
    ["a prototype", "a:\n  __proto__: {x: 1}\n", "2:3 /a/__proto__: __proto__ cannot be a key; remove it"],
    ["a number as a key", "1: x\n", '1:1 /1: key "1" is not a string; put it in quotes'],
    ["a boolean as a key", "a: {true: x}\n", '1:5 /a/true: key "true" is not a string; put it in quotes'],
    ["a list as a key", "? [a]\n: 1\n", "1:1 : a key that is a list or a mapping; write a string"],
    ["a custom tag", "a: !secret x\n", "1:4 /a: custom tags are not supported; remove the tag, or quote the text"],
    [
      "a language tag",
      "a: !!python/object:os.system {}\n",
      "1:4 /a: custom tags are not supported; remove the tag, or quote the text",
    ],
    ["a directive", "%YAML 1.1\n---\na: yes\n", "1:1 : a YAML directive; remove the line"],
    ["two documents", "a: 1\n---\nb: 2\n", "3:1 : a second document; write one document a file"],
    ["depth", `a: ${"[".repeat(70)}${"]".repeat(70)}`, "1:67 : nested deeper than 64 levels; flatten it"],
    ["a tab", "a:\n\tb: 1\n", "2:1 : a tab in the indentation; indent with spaces"],
    [
      "a colon within a text",
      "a: b: c\n",
      "1:5 : wrong indentation; align the key with its siblings, or quote a text that holds ': '",
    ],
    [
      "a wrong indent",
      "a:\n  b: 1\n   c: 2\n",
      "3:5 : wrong indentation; align the key with its siblings, or quote a text that holds ': '",
    ],
    [
      "an open bracket",
      "a: [1, 2\n",
      "2:1 : a bracket or quote above is not closed, or this line is indented too little; close it, or indent the line",
    ],
    [
      "an open quote",
      'a: "x\n',
      "2:1 : a bracket or quote above is not closed, or this line is indented too little; close it, or indent the line",
    ],
    ["a missing comma", "a: [{b: 1} {c: 2}]\n", "1:12 : no ',' between the entries; add it"],
    ["a line without a colon", "a: 1\nb\nc: 2\n", "2:1 : a line without ':'; write key: value"],
    ["an unknown escape", 'a: "\\q"\n', "1:6 : unknown escape after '\\'; double the backslash, or use single quotes"],
  ];
  test.each(cases)("%s", (_name, text, expected) => {
    expect(problems(text)).toEqual([`${FILE}:${expected}`]);
    expect(read(text).documents).toEqual([]);
  });

  test("a .json file has to be JSON", () => {
    expect(read("a: 1\n", "x.json").documents).toEqual([]);
    expect(problems('{"a": 1}', "x.json")).toEqual([]);
    expect(problems('{"a": 1,}', "x.json")).toEqual([
      "x.json:1:9 : not JSON, though the file's name ends in .json; write JSON, or name it .yaml",
    ]);
    expect(problems("a: 1\n", "x.json")).toEqual([
      "x.json:1:1 : not JSON, though the file's name ends in .json; write JSON, or name it .yaml",
    ]);
    expect(problems('{"a": 1, "a": 2}', "x.json")).toEqual([
      'x.json:1:11 /a: "a" is written twice; keep one of the two',
    ]);
  });
});

describe("what can be read", () => {
  test("a byte order mark, CRLF, tabs in JSON, document marks and standard tags", () => {
    const cases: readonly [string, unknown][] = [
      ["\ufeffa: 1\n", { a: 1 }],
      ["a: 1\r\nb: |\r\n  x\r\n  y\r\n", { a: 1, b: "x\ny\n" }],
      ['{\n\t"a": [\n\t\t1\n\t]\n}', { a: [1] }],
      ["---\na: 1\n...\n", { a: 1 }],
      ["a: !!str 1\n", { a: "1" }],
      ["a: 100%\nb: |\n  %x\n", { a: "100%", b: "%x\n" }],
    ];
    for (const [text, value] of cases) expect(read(text).documents[0]?.value, text).toEqual(value);
  });

  test("scalars of the YAML 1.2 core schema, and no other", () => {
    const scalars =
      "[0o17, 012, 1_000, 1e3, yes, no, on, ~, null, Null, 2020-01-01, 12:30:45, 0x1F, 0b1, +1, -0.5, .5, 5., True, '<<', 1e999, =]";
    expect(read(`a: ${scalars}`).documents[0]?.value).toEqual({
      a: [
        15,
        12,
        "1_000",
        1000,
        "yes",
        "no",
        "on",
        null,
        null,
        null,
        "2020-01-01",
        "12:30:45",
        31,
        "0b1",
        1,
        -0.5,
        0.5,
        5,
        true,
        "<<",
        "1e999",
        "=",
      ],
    });
  });

  test("policies may hold several documents, or none", () => {
    const { documents } = readDocuments("policies/a.yaml", Buffer.from("a: 1\n---\n# two\nb:\n  c: 2\n"));
    expect(documents.map((document) => document.value)).toEqual([{ a: 1 }, { b: { c: 2 } }]);
    expect(documents[1]?.locate("/b/c")).toEqual({ line: 5, column: 6 });
    expect(readDocuments("policies/a.yaml", Buffer.from("# none\n"))).toEqual({ documents: [], problems: [] });
    const many = readDocuments("policies/a.yaml", Buffer.from("--- 1\n".repeat(300)));
    expect(many.problems.map(line)).toEqual(["policies/a.yaml:1:1 : 300 documents; at most 256 a file"]);
  });
});

test("places: values, keys, items, block texts, and the nearest ancestor of what is not there", () => {
  const document = read(
    '# head\nspec:\n  a: 1\n  "b c": {d: [x, "y"]}\n  text: |\n    l1\n  empty:\n  list:\n    - k: v\n    -\n',
  ).documents[0];
  const at = (pointer: string, part?: "key" | "value") =>
    Object.values(document?.locate(pointer, part) ?? {}).join(":");
  expect(at("")).toBe("2:1");
  expect(at("/spec/a")).toBe("3:6");
  expect(at("/spec/a", "key")).toBe("3:3");
  expect(at("/spec/b c/d/1")).toBe("4:18");
  expect(at("/spec/b c", "key")).toBe("4:3");
  expect(at("/spec/text")).toBe("5:9");
  expect(at("/spec/empty")).toBe("7:3");
  expect(at("/spec/list/0/k")).toBe("9:10");
  expect(at("/spec/nothing/below")).toBe("3:3");
  expect(at("/spec/list/7")).toBe("9:5");
});

describe("for any document", () => {
  const scalar = fc.oneof(
    fc.constantFrom<unknown>(
      "0o17",
      "012",
      "1_000",
      "yes",
      "~",
      "<<",
      "=",
      "2020-01-01",
      "1e3",
      ".inf",
      "- a",
      "a: b",
      "#",
      "é😀",
      "two\nlines\n",
      " lead",
      "tail ",
      "",
      "null",
      "true",
      "0x1f",
      "1:30",
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.boolean(),
    fc.constant(null),
    fc
      .string({ maxLength: 12 })
      .filter((text) => text.isWellFormed() && !/[^\P{Cc}\t\n]|[\u0085\u2028\u2029\ufeff\ufffe\uffff]/u.test(text)),
  );
  const value = fc.letrec<{ any: unknown; map: object }>((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, scalar, tie("map"), fc.array(tie("any"), { maxLength: 4 })),
    map: fc.dictionary(
      fc
        .string({ minLength: 1, maxLength: 8 })
        .filter(
          (key) =>
            key !== "__proto__" &&
            key !== "<<" &&
            key.isWellFormed() &&
            !/[^\P{Cc}]|[\u2028\u2029\ufeff\ufffe\uffff]/u.test(key),
        ),
      tie("any"),
      { maxKeys: 5, noNullPrototype: true },
    ),
  }));

  test("what one YAML library writes is read, and as the other library reads it", () => {
    fc.assert(
      fc.property(value.map, fc.constantFrom("block", "flow", "yaml", "json"), fc.boolean(), (map, writer, crlf) => {
        fc.pre(Object.keys(map).length > 0);
        const made =
          writer === "json"
            ? JSON.stringify(map, null, 2)
            : writer === "yaml"
              ? stringify(map, { aliasDuplicateObjects: false })
              : dump(map, { flowLevel: writer === "flow" ? 1 : -1, noRefs: true });
        const text = crlf && writer !== "json" ? made.replaceAll("\n", "\r\n") : made;
        const reading = read(text);
        expect(reading.problems).toEqual([]);
        expect(reading.documents[0]?.value).toEqual(map);
        expect(reading.documents[0]?.value).toEqual(parseDocument(text).toJS());
      }),
      { numRuns: 1500 },
    );
  });

  test("what is read as a plain scalar is read so by the other library", () => {
    const plain = fc.oneof(
      fc.stringMatching(/^[-+]?[0-9][0-9a-fA-FxobeE_.:+-]{0,8}$/),
      fc.constantFrom(
        "yes",
        "No",
        "y",
        "TRUE",
        "nULL",
        "~",
        ".inf",
        "-.INF",
        ".NaN",
        "0o8",
        "0x",
        "1e",
        "1e1.5",
        "=",
        "<<",
        "-",
        "--",
        "a-b",
      ),
    );
    fc.assert(
      fc.property(plain, (text) => {
        const reading = read(`a: ${text}\n`);
        const other = parseDocument(`a: ${text}\n`);
        if (reading.problems.length > 0) return;
        expect(other.errors).toEqual([]);
        // A number beyond a double stays a text: nobody means infinity by 1E310.
        if (/\d/.test(text) && Math.abs(Number(text)) === Number.POSITIVE_INFINITY) return;
        expect(reading.documents[0]?.value).toEqual(other.toJS());
      }),
      { numRuns: 1500 },
    );
  });

  test("any bytes end in a document or in Problems, never in an exception", () => {
    const bits = fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "- ",
      "? ",
      "{",
      "}",
      "[",
      "]",
      ",",
      "#",
      "&a",
      "*a",
      "!t",
      "|",
      ">",
      "'",
      '"',
      "%",
      "@",
      "`",
      "---",
      "...",
      "\t",
      "\r",
      "\\",
      "<<",
      "\ufeff",
      "\0",
      "é",
      "🎈",
      "1",
      "~",
    );
    const text = fc.array(bits, { maxLength: 40 }).map((parts) => Buffer.from(parts.join("")));
    const bytes = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(fc.oneof(text, bytes), (content) => {
        const reading = readYaml(FILE, content);
        expect(reading.documents.length === 1).toBe(reading.problems.length === 0);
        for (const problem of reading.problems) {
          expect(problem.line).toBeGreaterThan(0);
          expect(problem.column).toBeGreaterThan(0);
          expect(problem.message).not.toBe("");
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("text made to be slow takes no longer than ten times as much plain text", () => {
  const size = 256 * 1024;
  const plain = `a:\n${"  - x\n".repeat(size / 6)}`;
  const full = (unit: string, before = "") => before + unit.repeat(Math.floor((size - before.length) / unit.length));
  const cases: readonly [string, string][] = [
    ["brackets", full("[")],
    ["braces", full("{a: ")],
    ["closed brackets", `${full("[").slice(0, size / 2)}${"]".repeat(size / 2)}`],
    ["dashes", full("- ")],
    ["questions", full("? ")],
    ["colons", full("a: ")],
    ["anchors", full("&a ")],
    ["aliases", full("*a, ", "a: [")],
    ["an open quote", full("\\\n ", 'a: "')],
    ["an open text", full("x\n ", "a: ")],
    ["digits", full("1", "a: ")],
    ["comments", full("#\n")],
    ["blank lines", full("\n")],
    [
      "keys",
      full("k: 1\n")
        .replace(/k/g, () => `k${Math.random()}`)
        .slice(0, size),
    ],
    ["spaces", full(" ", "a:")],
    ["backslashes", full("\\", 'a: "')],
  ];
  const time = (text: string) => {
    const start = process.hrtime.bigint();
    read(text);
    return Number(process.hrtime.bigint() - start);
  };
  test.each(cases)("%s", (_name, text) => {
    const base = Math.max(time(plain), time(plain));
    expect(Math.min(time(text), time(text), time(text))).toBeLessThan(10 * base);
  });
});
