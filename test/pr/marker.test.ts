import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Edit } from "../../src/domain/change-set.ts";
import type { Marker } from "../../src/domain/proposal.ts";
import { packJson } from "../../src/domain/values/packed-json.ts";
import { decodeMarker, encodeMarker, withoutMarker } from "../../src/pr/marker.ts";

const hash = "a".repeat(64);
const agent = "acme/triage";
const file = "agents/acme/triage.yaml";
const marker: Marker = {
  cause: { kind: "drift", scope: { kind: "agent", agent } },
  base: "b".repeat(40),
  content: hash,
  baseHash: hash,
  text: hash,
  edits: [],
};

const written = { version: 2, ...marker };
/** As RAOS wrote it before version 2. */
const VERSION_1 =
  "eyJ2ZXJzaW9uIjoxLCJjYXVzZSI6eyJraW5kIjoiYWxlcnQiLCJhZ2VudCI6ImFjbWUvdHJpYWdlIiwicmVtZWR5Ij" +
  "oibWVtb3J5IiwiZW52aXJvbm1lbnQiOiJwcm9kdWN0aW9uIn0sImJhc2UiOiJiYmJiYmJiYmJiYmJiYmJiYmJiYmJi" +
  "YmJiYmJiYmJiYmJiYmJiYmJiIiwiZWRpdHMiOlt7ImtpbmQiOiJzZXQiLCJhZ2VudCI6ImFjbWUvdHJpYWdlIiwiZm" +
  "lsZSI6ImFnZW50cy9hY21lL3RyaWFnZS55YW1sIiwiYXQiOiIvc3BlYy9zY2FsaW5nL21heCIsImZyb20iOjQsInRv" +
  "Ijo2LCJ3aHkiOiJidXN5IiwiYnkiOiJydWxlIn1dLCJjb250ZW50IjoiY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2" +
  "NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjYyIsInVuZGVyIjoiZGRkZGRkZGRkZGRkZGRkZGRk" +
  "ZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZCIsInRleHQiOiJlZWVlZWVlZWVlZW" +
  "VlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlIn0=";

// No spec holds a key named __proto__: reading one is a Problem, and so no edit has it.
const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.stringify(value))
  .filter((written) => !written.includes("__proto__"))
  .map((written) => JSON.parse(written));
const text = fc.string({ unit: "binary", maxLength: 60 }).map((each) => each.toWellFormed());
const by = fc.constantFrom("rule", "model", "agent", "person");
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant("set"),
    agent: fc.constant(agent),
    file: text,
    at: text,
    from: fc.option(json, { nil: undefined }),
    to: json,
    why: text,
    by,
  }),
  fc.record({ kind: fc.constant("add"), agent: fc.constant(agent), file: text, at: text, to: json, why: text, by }),
  fc.record({
    kind: fc.constant("remove"),
    agent: fc.constant(agent),
    file: text,
    at: text,
    from: fc.option(json, { nil: undefined }),
    why: text,
    by,
  }),
);

function withCode(code: string): string {
  return `<!-- raos:pull ${Buffer.from(code).toString("base64")} -->`;
}

describe("a pull request's marker", () => {
  test("comes back as it was, whatever the edits hold, from among any other text", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 5 }), text, (edits, around) => {
        const encoded = encodeMarker({ ...marker, edits });
        expect(decodeMarker(`${around}\r\n${encoded}\n`)).toEqual({ ...marker, edits });
      }),
      { numRuns: 1000 },
    );
  });

  test("holds what a model took", () => {
    const spent = { tokens: 1200, dollars: 0.01 };
    expect(decodeMarker(encodeMarker({ ...marker, spent }))).toEqual({ ...marker, spent });
    expect(decodeMarker(withCode(JSON.stringify({ ...written, spent: { tokens: -1, dollars: 0 } })))).toBeUndefined();
  });

  test("is one HTML comment, without anything that GitHub or Markdown would read", () => {
    const hostile: Edit = {
      kind: "set",
      agent,
      file,
      at: "/spec",
      from: undefined,
      to: "--> @acme Fixes #1 <script>",
      why: "-->",
      by: "model",
    };
    expect(encodeMarker({ ...marker, edits: [hostile] })).toMatch(/^<!-- raos:pull [A-Za-z0-9+/]+={0,2} -->$/);
  });

  test("of several the last counts: the bot writes it at the end", () => {
    const other = encodeMarker({ ...marker, content: "c".repeat(64) });
    expect(decodeMarker(`${other}\n${encodeMarker(marker)}`)?.content).toBe(hash);
  });

  test("edits that are too large are a bug: guardrails refuse them before", () => {
    const long: Edit = {
      kind: "set",
      agent,
      file,
      at: "/spec",
      from: undefined,
      to: randomBytes(30_000).toString("base64"),
      why: "",
      by: "rule",
    };
    expect(() => encodeMarker({ ...marker, edits: [long] })).toThrow(RangeError);
  });

  test("the edits of a storm over a thousand agents fit, and come back", () => {
    const edits = Array.from({ length: 1000 }, (_, index): Edit => {
      const name = `acme/agent-${index}`;
      const to = `${600 + ((index * 7919) % 400)}Mi`;
      const why = `the peak of the last day was ${index % 90} % of the limit`;
      const at = "/spec/runtime/resources/limits/memory";
      return { kind: "set", agent: name, file: `agents/${name}.yaml`, at, from: "512Mi", to, why, by: "rule" };
    });
    const encoded = encodeMarker({ ...marker, edits });
    expect(encoded).toMatch(/^<!-- raos:pull br:[A-Za-z0-9+/]+={0,2} -->$/);
    expect(encoded.length).toBeLessThan(32_768);
    expect(decodeMarker(`text\n\n${encoded}`)).toEqual({ ...marker, edits });
  });

  test("one that would unpack to more than it may is none", () => {
    const bomb = packJson({ ...marker, edits: [], filling: "x".repeat(8 * 1024 * 1024) });
    expect(bomb.length).toBeLessThan(1000);
    expect(decodeMarker(`<!-- raos:pull br:${bomb} -->`)).toBeUndefined();
  });

  test("one that an older version wrote, where baseHash was called under, is read", () => {
    expect(decodeMarker(`Raise the limit.\n\n<!-- raos:pull ${VERSION_1} -->`)).toEqual({
      cause: { kind: "alert", agent, remedy: "memory", environment: "production" },
      base: "b".repeat(40),
      content: "c".repeat(64),
      baseHash: "d".repeat(64),
      text: "e".repeat(64),
      edits: [{ kind: "set", agent, file, at: "/spec/scaling/max", from: 4, to: 6, why: "busy", by: "rule" }],
    });
  });

  test("is written as version 2", () => {
    const [, code = ""] = /raos:pull (\S+)/.exec(encodeMarker(marker)) ?? [];
    expect(JSON.parse(Buffer.from(code, "base64").toString())).toEqual(written);
  });

  test("the text without it is what the reviewer reads", () => {
    expect(withoutMarker(`Hello.\n\n${encodeMarker(marker)}`)).toBe("Hello.\n\n");
    expect(withoutMarker("Hello.")).toBe("Hello.");
  });

  test.each<[string, string]>([
    ["no marker", "Hello."],
    ["a comment cut off", encodeMarker(marker).slice(0, -4)],
    ["not Base64", "<!-- raos:pull {} -->"],
    ["not JSON", withCode("hello")],
    ["packed, and not Brotli", "<!-- raos:pull br:aGVsbG8= -->"],
    ["packed, and not a marker", `<!-- raos:pull br:${packJson([1])} -->`],
    ["not an object", withCode("[]")],
    ["another version", withCode(JSON.stringify({ ...marker, version: 3 }))],
    [
      "version 2 with the name of version 1",
      withCode(JSON.stringify({ ...written, baseHash: undefined, under: hash })),
    ],
    ["a field too many", withCode(JSON.stringify({ ...written, admin: true }))],
    ["a field too few", withCode(JSON.stringify({ ...written, base: undefined }))],
    ["a base that is an option", withCode(JSON.stringify({ ...written, base: "--upload-pack=x" }))],
    ["an agent that is none", withCode(JSON.stringify({ ...written, cause: { kind: "tune", agent: "a/b/c" } }))],
    ["another cause", withCode(JSON.stringify({ ...written, cause: { kind: "whim" } }))],
    ["too long", withCode(JSON.stringify({ ...written, edits: ["x".repeat(60_000)] }))],
  ])("is undefined for %s", (_, body) => {
    expect(decodeMarker(body)).toBeUndefined();
  });

  test("no text makes reading throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (code) => {
        expect(decodeMarker(withCode(code))).toBeUndefined();
        expect(decodeMarker(`<!-- raos:pull ${code} -->`)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
