import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planExpression, variable } from "../../../src/domain/expression/expression.ts";
import { imageReference, isFrom } from "../../../src/domain/values/image.ts";
import { baseUnits } from "../../../src/domain/values/quantity.ts";

const after = variable({
  spec: {
    stage: "medium",
    image: "ghcr.io/acme/triage:1.2.0",
    max: 8,
    rate: 0.5,
    nothing: null,
    list: [1, 2, 3],
    text: "x".repeat(60_000),
    numbers: Array.from({ length: 20_000 }, (_, index) => index),
  },
});
const edits = variable([{ by: "model" }, { by: "rule", why: "y" }]);

function evaluated(source: string): unknown {
  const made = planExpression(source, ["after", "edits"]);
  if ("problem" in made) return made.problem;
  const answer = made.evaluate({ after, edits });
  return answer.kind === "error" ? `error: ${answer.message}` : answer.value;
}

describe("an expression", () => {
  test.each<[string, unknown]>([
    ['after.spec.stage == "medium"', true],
    ["after.spec.max > 7", true],
    ["after.spec.max > 7.5", true],
    ["after.spec.max * 1.5", 12],
    ["1.5 * after.spec.max - 1", 11],
    ["after.spec.max / 2.0 + 1", 5],
    ["after.spec.rate * 2", 1],
    ["after.spec.max + 1", 9n],
    ['edits.exists(edit, edit.by == "model")', true],
    ["edits.all(edit, has(edit.why))", false],
    ["has(after.spec.max)", true],
    ["has(after.spec.nothing)", false],
    ["has(after.spec.a.b.c)", false],
    ["has(after.a.b.c) || after.spec.max == 8", true],
    ["!has(after.a.b) && true", true],
    ["edits.exists(edit, has(edit.a.b))", false],
    ['quantity("512Mi")', 536_870_912],
    ["quantity(after.spec.max)", 8],
    ['quantity.max("1Gi", "900Mi") == quantity("1Gi")', true],
    ['quantity.min("1Gi", "900Mi") == quantity("900Mi")', true],
    ["image(after.spec.image).tag", "1.2.0"],
    ['image.from(after.spec.image, "ghcr.io/acme")', true],
    ['cidr("10.0.0.0/8").prefix', 8n],
    ['cidr("2001:db8::/32").family', 6n],
    ['after.spec.image.matches("^ghcr[.]io/")', true],
  ])("%s → %s", (source, expected) => {
    expect(evaluated(source)).toEqual(expected);
  });

  test.each([
    ["after.spec.a.b", "error: after.spec.a is not set"],
    ["after.spec.a > 1", "error: after.spec.a is not set"],
    ["after.spec.constructor == 1", "error: after.spec.constructor is not set"],
    ["after.__proto__ == 1", "error: after.__proto__ is not set"],
    ["edits[1].by == edits[0].why", "error: field not found: why"],
    ['quantity("a lot")', 'error: "a lot" is not a quantity'],
    ["quantity(after.spec.list)", "error: a object is not a quantity"],
    ['cidr("10.0.0.0/33")', 'error: "10.0.0.0/33" is not a CIDR block'],
    ['cidr("10.0.0.0")', 'error: "10.0.0.0" is not a CIDR block'],
    ["1 / 0", "error: int divide by zero"],
  ])("%s → %s", (source, expected) => {
    expect(evaluated(source)).toBe(expected);
  });

  test.each([
    ["aftr.spec", 'uses "aftr", which is not a variable; there are after, edits'],
    ["edits.exists(edit, edti.by == 1)", 'uses "edti", which is not a variable; there are after, edits'],
    ["edits.exists(edit, true) && edit.by == 1", 'uses "edit", which is not a variable; there are after, edits'],
    ["size(after.spec.list, 1, 2) > 1", "error: found no matching overload for 'size' applied to '(list, int, int)'"],
    ["lenght(after.spec.list)", 'calls "lenght", which is not a function'],
    ['after.spec.image.endWith("x")', 'calls "endWith", which is not a function'],
    ["after.spec.max >", "is not valid CEL: <input>:1:16: found > but expecting end of input"],
    ["", "is not valid CEL: <input>:1:1: found end of input but expecting expression"],
    [`${"1+".repeat(2100)}1`, "is longer than 4096 characters"],
    ["@step()", "is not valid CEL"],
  ])("%s: %s", (source, expected) => {
    expect(String(evaluated(source))).toContain(expected.slice(0, 40));
  });

  const hundred = Array.from({ length: 100 }, () => "1").join(",");
  test.each([
    ["loops within loops", `[${hundred}].all(a, [${hundred}].all(b, [${hundred}].all(c, a + b + c > 0)))`],
    ["a loop over a long list, each looking through it", "after.spec.numbers.all(n, n in after.spec.numbers)"],
    [
      "a text that doubles",
      `["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"].map(a, [a+a+a+a+a+a+a+a][0]).map(a, [a+a+a+a+a+a+a+a][0]).map(a, a+a+a+a+a+a+a+a).map(a, size(a+a+a+a+a+a+a+a))`,
    ],
    [
      "a regular planExpression that other engines never end",
      'after.spec.text.matches("(x+x+)+y") || after.spec.text.matches("(x*)*y") || after.spec.text.matches("(x|xx)+y")',
    ],
    ["a large regular expression", `after.spec.text.matches("${"(x{0,100}){0,9}".repeat(20)}y")`],
    ["a regular planExpression in a loop", 'after.spec.numbers.exists(n, after.spec.text.matches("x+y"))'],
    ["deep brackets", `${"(".repeat(2000)}1${")".repeat(2000)}`],
    ["deep lists", `${"[".repeat(2000)}1${"]".repeat(2000)}`],
    ["many negations", `${"!".repeat(4000)}true`],
    ["many conditions", `${"true ? ".repeat(400)}1${": 2".repeat(400)}`],
  ])("ends soon: %s", (_, source) => {
    const start = process.cpuUsage();
    const answer = evaluated(source);
    const used = process.cpuUsage(start);
    expect(answer).toBeDefined();
    expect((used.user + used.system) / 1000).toBeLessThan(1500);
  });

  test("what takes too long says so", () => {
    expect(evaluated("after.spec.numbers.all(n, n in after.spec.numbers)")).toBe("error: it takes too long");
    expect(evaluated(`[${hundred}].all(a, [${hundred}].all(b, [${hundred}].all(c, a + b + c > 0)))`)).toBe(
      "error: it takes too long",
    );
    expect(evaluated("after.spec.list.all(a, edits.all(b, edits.all(c, edits.all(d, [1].all(e, true)))))")).toBe(
      "nests more than 4 loops in each other",
    );
  });

  test("one that spent its budget leaves the next its own", () => {
    const made = planExpression("after.spec.numbers.all(n, n >= 0 && n < 5)", ["after"]);
    expect(evaluated("after.spec.numbers.all(n, n in after.spec.numbers)")).toBe("error: it takes too long");
    expect("problem" in made ? made : made.evaluate({ after })).toEqual({ kind: "value", value: false });
  });

  test("what it reads is known", () => {
    const made = planExpression('has(after.spec.a.b) && edits.exists(e, e.by == after.spec.stage) && size("x") > 0', [
      "after",
      "edits",
    ]);
    expect("problem" in made ? made : made.reads).toEqual([
      ["after", "spec", "a", "b"],
      ["edits"],
      ["after", "spec", "stage"],
    ]);
  });

  test("no text makes it throw", () => {
    const piece = fc.constantFrom(
      "after",
      ".spec",
      ".max",
      "edits",
      "[0]",
      "(",
      ")",
      "+",
      "-",
      "*",
      "/",
      "%",
      "&&",
      "||",
      "!",
      "has(",
      "exists(",
      "all(",
      "map(",
      "x",
      ",",
      "1",
      "1.5",
      '"a"',
      "==",
      "<",
      "in",
      "?",
      ":",
      "{",
      "}",
      "quantity(",
      "matches(",
      " ",
      "true",
      "null",
      "\u0000",
      "'",
    );
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(piece, { maxLength: 14 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (source) => {
        evaluated(source);
      }),
      { numRuns: 3000 },
    );
  });
});

test.each([
  ["1", 1],
  ["0.5", 0.5],
  [".5", 0.5],
  ["100m", 0.1],
  ["1e3", 1000],
  ["2E2", 200],
  ["1E", 1e18],
  ["1k", 1000],
  ["1Ki", 1024],
  ["512Mi", 536_870_912],
  ["1.5Gi", 1_610_612_736],
  ["1u", 1e-6],
  [3, 3],
  ["", undefined],
  ["Mi", undefined],
  ["1KB", undefined],
  ["1 Gi", undefined],
  ["0x10", undefined],
  ["1e400", undefined],
  [Number.NaN, undefined],
  ["9".repeat(40), undefined],
])("%s is %s in base units", (quantity, expected) => {
  const result = baseUnits(quantity);
  if (expected === undefined) expect(result).toBeUndefined();
  else expect(result).toBeCloseTo(expected, 9);
});

test.each([
  ["redis", "docker.io/library/redis", "docker.io", "", ""],
  ["acme/triage:1", "docker.io/acme/triage", "docker.io", "1", ""],
  ["ghcr.io/acme/triage:1@sha256:ab", "ghcr.io/acme/triage", "ghcr.io", "1", "sha256:ab"],
  ["localhost/triage", "localhost/triage", "localhost", "", ""],
  ["registry:5000/triage", "registry:5000/triage", "registry:5000", "", ""],
  ["registry:5000/a/triage:2", "registry:5000/a/triage", "registry:5000", "2", ""],
])("%s is %s of %s", (image, name, registry, tag, digest) => {
  expect(imageReference(image)).toEqual({ name, registry, tag, digest });
});

test.each([
  ["ghcr.io/acme/triage:1", "ghcr.io/acme", true],
  ["ghcr.io/acme/triage:1", "ghcr.io/acme/", true],
  ["ghcr.io/acme/triage:1", "ghcr.io", true],
  ["ghcr.io/acme-evil/triage", "ghcr.io/acme", false],
  ["ghcr.io.evil.example/acme/triage", "ghcr.io", false],
  ["evil.example/ghcr.io/acme/triage", "ghcr.io/acme", false],
  ["acme/triage", "docker.io/acme", true],
])("%s from %s: %s", (image, registry, expected) => {
  expect(isFrom(image, registry)).toBe(expected);
});
