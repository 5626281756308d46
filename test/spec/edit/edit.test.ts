import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { dump, load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Edit } from "../../../src/domain/change-set.ts";
import { pointerOf, pointerSteps } from "../../../src/domain/values/json-pointer.ts";
import type { Json } from "../../../src/domain/values/scalars.ts";
import { applyEdits, tryEdits } from "../../../src/spec/edit/edit.ts";

const base = { agent: "acme/triage", file: "agents/acme/triage.yaml", why: "", by: "rule" } as const;
const set = (at: string, to: Json): Edit => ({ ...base, kind: "set", at, from: undefined, to });
const add = (at: string, to: Json): Edit => ({ ...base, kind: "add", at, to });
const remove = (at: string): Edit => ({ ...base, kind: "remove", at, from: undefined });

const SPEC = `# The triage agent.
apiVersion: raos.dev/v1alpha1
kind: Agent
metadata: {name: triage, namespace: acme}
spec:
  description: "Classifies tickets" # on the card
  runtime:
    resources: {requests: {cpu: 100m}, limits: {memory: 512Mi}}   # see the dashboard
    env:
      - name: A
        value: 'one'

      # The second.
      - {name: B, value: two}
  instructions:
    inline: |
      Be brief.

      Be kind.
  scaling:
    # Never zero.
    min: 1
    max: 10
`;

/** Lines that one text has and the other lacks, as a diff shows them. */
function lineDiff(before: string, after: string): readonly string[] {
  const old = before.split("\n");
  const made = after.split("\n");
  let head = 0;
  while (head < old.length && head < made.length && old[head] === made[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < made.length - head && old.at(-1 - tail) === made.at(-1 - tail)) tail++;
  return [
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...made.slice(head, made.length - tail).map((line) => `+${line}`),
  ];
}

describe("an edit changes its own lines", () => {
  const cases: readonly [string, Edit, readonly string[]][] = [
    ["a number", set("/spec/scaling/max", 20), ["-    max: 10", "+    max: 20"]],
    [
      "within brackets, beside a comment",
      set("/spec/runtime/resources/limits/memory", "640Mi"),
      [
        "-    resources: {requests: {cpu: 100m}, limits: {memory: 512Mi}}   # see the dashboard",
        "+    resources: {requests: {cpu: 100m}, limits: {memory: 640Mi}}   # see the dashboard",
      ],
    ],
    [
      "double quotes stay",
      set("/spec/description", "Sorts tickets"),
      ['-  description: "Classifies tickets" # on the card', '+  description: "Sorts tickets" # on the card'],
    ],
    [
      "single quotes stay",
      set("/spec/runtime/env/0/value", "it's"),
      ["-        value: 'one'", "+        value: 'it''s'"],
    ],
    [
      "a string that looks like a number",
      set("/spec/runtime/env/1/value", "1"),
      ["-      - {name: B, value: two}", "+      - {name: B, value: '1'}"],
    ],
    ["a new key", set("/spec/scaling/hpa", { cpu: 70 }), ["+    hpa:", "+      cpu: 70"]],
    [
      "a new key within brackets",
      set("/spec/runtime/resources/limits/cpu", "1"),
      [
        "-    resources: {requests: {cpu: 100m}, limits: {memory: 512Mi}}   # see the dashboard",
        "+    resources: {requests: {cpu: 100m}, limits: {memory: 512Mi, cpu: '1'}}   # see the dashboard",
      ],
    ],
    [
      "a new path",
      set("/spec/environments/production/scaling/min", 3),
      ["+  environments:", "+    production:", "+      scaling:", "+        min: 3"],
    ],
    [
      "a text of several lines",
      set("/spec/instructions/inline", "Be brief.\n\nBe kind.\nBe right.\n"),
      ["+      Be right."],
    ],
    ["a map, key by key", set("/spec/scaling", { min: 1, max: 12 }), ["-    max: 10", "+    max: 12"]],
    [
      "an item behind the last",
      add("/spec/runtime/env/-", { name: "C", value: "three" }),
      ["+      - name: C", "+        value: three"],
    ],
    [
      "an item before another",
      add("/spec/runtime/env/1", { name: "C", value: "three" }),
      ["+      - name: C", "+        value: three"],
    ],
    ["a key goes", remove("/spec/scaling/max"), ["-    max: 10"]],
    [
      "a key of an item goes",
      remove("/spec/runtime/env/0/name"),
      ["-      - name: A", "-        value: 'one'", "+      - value: 'one'"],
    ],
    ["an item goes", remove("/spec/runtime/env/1"), ["-      - {name: B, value: two}"]],
    [
      "a whole section goes",
      remove("/spec/instructions"),
      ["-  instructions:", "-    inline: |", "-      Be brief.", "-", "-      Be kind."],
    ],
    [
      "within brackets a key goes",
      remove("/spec/runtime/resources/requests"),
      [
        "-    resources: {requests: {cpu: 100m}, limits: {memory: 512Mi}}   # see the dashboard",
        "+    resources: {limits: {memory: 512Mi}}   # see the dashboard",
      ],
    ],
  ];
  test.each(cases)("%s", (_name, edit, expected) => {
    expect(lineDiff(SPEC, applyEdits(SPEC, [edit]))).toEqual(expected);
    const windows = SPEC.replaceAll("\n", "\r\n");
    expect(lineDiff(windows, applyEdits(windows, [edit])), "with CRLF").toEqual(expected.map((line) => `${line}\r`));
  });
});

test("JSON stays JSON, in its own layout", () => {
  const text = '{\n\t"spec": {\n\t\t"scaling": {"min": 1},\n\t\t"tools": []\n\t}\n}\n';
  const edited = applyEdits(text, [
    set("/spec/scaling/min", 2),
    set("/spec/model/name", "gpt-5"),
    add("/spec/tools/-", { agent: { name: "b" } }),
  ]);
  expect(edited).toBe(
    '{\n\t"spec": {\n\t\t"scaling": {"min": 2},\n\t\t"tools": [{"agent":{"name":"b"}}],\n\t\t"model": {"name":"gpt-5"}\n\t}\n}\n',
  );
});

test("edits that do not fit are refused, with the text as it was", () => {
  const edits = [
    remove("/spec/nothing"),
    set("/spec/runtime/env/7/value", "x"),
    set("/spec/scaling/min/deep", 1),
    set("/__proto__/x", 1),
    set("", 1),
  ];
  const { text, refused } = tryEdits(SPEC, edits);
  expect(text).toBe(SPEC);
  expect(refused.map(({ edit, message }) => `${edit.at}: ${message}`)).toEqual([
    "/spec/nothing: there is nothing at this path",
    "/spec/runtime/env/7/value: the path leads through a value that is not a mapping, or past the end of a list",
    "/spec/scaling/min/deep: the path leads through a value that is not a mapping, or past the end of a list",
    "/__proto__/x: __proto__ cannot be a key",
    ": the document as a whole cannot be changed",
  ]);
  expect(tryEdits("a: [", [set("/a", 1)]).refused).toHaveLength(1);
});

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "b", "name", "min-x", "k.l") },
  fc
    .string({ minLength: 1, maxLength: 6 })
    .filter((text) => text !== "<<" && text !== "__proto__" && text.isWellFormed()),
);
const text = fc.oneof(
  fc.constantFrom(
    "x",
    "yes",
    "1",
    "~",
    "a: b",
    "# no",
    "- x",
    "two\nlines",
    "two\nlines\n",
    "  lead\nx",
    "tail ",
    "it's",
    '"q"',
    "a, b",
    "{",
    "0o17",
    "é😀",
  ),
  fc
    .string({ maxLength: 12 })
    .filter((each) => each.isWellFormed() && !/[\ufeff\u2028\u2029\u0085\ufffe\uffff]|[^\P{Cc}\t\n]/u.test(each)),
);
const json = fc.letrec<{ value: Json; map: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.oneof(fc.integer({ min: -5, max: 99 }), fc.boolean(), fc.constant(null), text),
    tie("map"),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
  map: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
const layout = fc.record({
  writer: fc.constantFrom("js-yaml", "yaml", "flow", "json", "json-wide"),
  crlf: fc.boolean(),
  comments: fc.boolean(),
  final: fc.boolean(),
});

function written(
  value: Json,
  { writer, crlf, comments, final }: { writer: string; crlf: boolean; comments: boolean; final: boolean },
): string {
  let made: string;
  if (writer === "js-yaml") made = dump(value, { lineWidth: -1, noRefs: true });
  else if (writer === "yaml") made = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  else if (writer === "flow") made = dump(value, { flowLevel: 1, lineWidth: -1, noRefs: true });
  else return JSON.stringify(value, null, writer === "json" ? 0 : 2);
  if (comments) made = `# first\n${made}# last\n`;
  if (!final) made = made.replace(/\n$/, "");
  return crlf ? made.replaceAll("\n", "\r\n") : made;
}

function pathsOf(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([step, below]) => pathsOf(below, [...path, step]))];
}

function setAt(value: Json, path: readonly string[], to: Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return to ?? null;
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    if (rest.length === 0 && to === undefined) return list.filter((_, index) => String(index) !== step);
    return list.map((item, index) => (String(index) === step ? setAt(item, rest, to) : item));
  }
  const map = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const others = map.filter(([name]) => name !== step);
  if (rest.length === 0 && to === undefined) return Object.fromEntries(others);
  const below = map.find(([name]) => name === step)?.[1] ?? null;
  return Object.fromEntries(
    map.some(([name]) => name === step)
      ? map.map(([name, each]) => [name, name === step ? setAt(each, rest, to) : each])
      : [...others, [step, setAt(below, rest, to)]],
  );
}

describe("for any document", () => {
  test("reading the edited text gives the edited value", () => {
    fc.assert(
      fc.property(
        json.map,
        json.value,
        fc.nat(),
        fc.option(key, { nil: undefined }),
        layout,
        fc.boolean(),
        (value, to, pick, extra, how, drop) => {
          const before = written(value, how);
          const seen = load(before);
          fc.pre(isDeepStrictEqual(seen, value));
          const paths = pathsOf(value);
          const path = paths[pick % paths.length] ?? [];
          const parent = pointerSteps(pointerOf(path)).reduce<Json>(
            (each, step) => Reflect.get(Object(each), step),
            value,
          );
          const grown =
            extra !== undefined && typeof parent === "object" && parent !== null && !Array.isArray(parent) && !drop
              ? [...path, extra]
              : path;
          fc.pre(grown.length > 0);
          const edit = drop ? remove(pointerOf(grown)) : set(pointerOf(grown), to);
          const { text: after, refused } = tryEdits(before, [edit]);
          expect(refused).toEqual([]);
          expect(load(after)).toEqual(setAt(value, grown, drop ? undefined : to));
          if (how.comments && !how.writer.startsWith("json")) expect(after).toContain("# last");
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("a scalar for a scalar changes one line", () => {
    const plain = fc.oneof(
      fc.integer({ min: -5, max: 99 }),
      fc.boolean(),
      fc.constantFrom("x", "yes", "1", "a: b", "it's", "a, b", "#"),
    );
    fc.assert(
      fc.property(json.map, plain, fc.nat(), layout, (value, to, pick, how) => {
        const before = written(value, how);
        const paths = pathsOf(value).filter((path) => {
          const leaf = path.reduce<Json>((each, step) => Reflect.get(Object(each), step), value);
          return (
            path.length > 0 &&
            (typeof leaf !== "object" || leaf === null) &&
            !(typeof leaf === "string" && leaf.includes("\n"))
          );
        });
        const path = paths[pick % paths.length];
        fc.pre(path !== undefined);
        const after = applyEdits(before, [set(pointerOf(path ?? []), to)]);
        expect(lineDiff(before, after).length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 2000 },
    );
  });
});
