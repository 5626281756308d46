import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { check } from "recheck";
import { describe, expect, test } from "vitest";
import { confirmed, growthOf, TOO_STEEP, timeOf } from "./growth.ts";

const ROOT = join(import.meta.dirname, "..");

interface Found {
  readonly place: string;
  readonly pattern: RegExp;
}

/** Every regular expression that is written in a text of TypeScript. */
function expressionsIn(file: string, text: string): readonly Found[] {
  const found: Found[] = [];
  const { program, errors } = parseSync(file, text);
  expect(errors, file).toEqual([]);
  new Visitor({
    Literal(node) {
      if (!("regex" in node)) return;
      const line = text.slice(0, node.start).split("\n").length;
      found.push({ place: `${file}:${line}`, pattern: new RegExp(node.regex.pattern, node.regex.flags) });
    },
  }).visit(program);
  return found;
}

/** Only what repeats without end can take longer than in proportion; what is bounded costs a factor at most. */
function repeats({ source }: RegExp): boolean {
  return /[*+]|\{\d+,\}/.test(source.replace(/\\./g, ""));
}

/** Why an expression is not linear; undefined where it is: proven, or measured on the worst text that is known for it. */
async function complaint({ place, pattern }: Found): Promise<string | undefined> {
  const answer = await check(pattern.source, pattern.flags, { timeout: 4000 });
  if (answer.status === "safe") return undefined;
  if (answer.status === "vulnerable" && answer.complexity.type === "exponential")
    return `${place} ${pattern}: exponential`;
  const attacks =
    answer.status === "vulnerable"
      ? [(size: number) => attackOf(answer.attack, size)]
      : piecesOf(pattern).map((piece) => (size: number) => piece.repeat(Math.ceil(size / piece.length)));
  for (const attack of attacks) {
    const work = (text: string) => searched(text, pattern);
    const short = growthOf(2_000, attack, work);
    // What is bounded grows until the bound is reached.
    const size = short > TOO_STEEP && timeOf(attack(8_000), work) < 200 ? 24_000 : 2_000;
    const growth = confirmed(short, () => growthOf(size, attack, work));
    if (growth > TOO_STEEP) return `${place} ${pattern}: its time grows with the power ${growth.toFixed(1)} of a text`;
  }
  return undefined;
}

/** Searches it through; on a text that is too long for its stack an expression throws. */
function searched(text: string, pattern: RegExp): void {
  try {
    text.replace(pattern, "");
  } catch (error) {
    throw new Error(`${pattern} fails on ${text.length} characters`, { cause: error });
  }
}

interface Attack {
  readonly pumps: readonly { readonly prefix: string; readonly pump: string }[];
  readonly suffix: string;
}

function attackOf({ pumps, suffix }: Attack, size: number): string {
  const each = size / Math.max(1, pumps.length);
  const parts = pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(each / Math.max(1, pump.length))));
  return parts.join("") + suffix;
}

/** Texts to repeat for an expression that was neither proven nor refuted: parts of what is written in it, and usual ones. */
function piecesOf({ source }: RegExp): readonly string[] {
  const words = source.match(/[A-Za-z0-9_:/@=.-]{2,}/g) ?? [];
  return [...new Set([...words, "a", "A", "0", "aA0", "-", " ", "=", "a.", "a@", "\\", '"', "\n", "://a:"])].slice(
    0,
    40,
  );
}

const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const all = files.flatMap((file) => expressionsIn(join("src", file), readFileSync(join(ROOT, "src", file), "utf8")));

describe("every regular expression takes time in proportion to the text it searches", () => {
  test("what finds and judges them works", { timeout: 300_000 }, async () => {
    expect(expressionsIn("a.ts", "const a: string = b as never;\nf(/x/g, y / 2 / z);").map((one) => one.place)).toEqual(
      ["a.ts:2"],
    );
    const judged = (pattern: RegExp) => complaint({ place: "here", pattern });
    expect(await judged(/\s*\n\s*/g)).toContain("grows with the power");
    expect(await judged(/^(a+)+$/)).toContain("exponential");
    expect(await judged(/a{1,20}b/g)).toBeUndefined();
    expect(all.length).toBeGreaterThan(300);
  });

  test("those in src/", { timeout: 600_000 }, async () => {
    const queue = all.filter(({ pattern }) => repeats(pattern)).values();
    const complaints: string[] = [];
    const lane = async () => {
      for (const one of queue) {
        const found = await complaint(one);
        if (found !== undefined) complaints.push(found);
      }
    };
    await Promise.all([lane(), lane()]);
    expect(complaints).toEqual([]);
  });

  test("one that is put together in a program is among those that a test of growth knows", () => {
    const made = files.filter((file) => /new RegExp\(/.test(readFileSync(join(ROOT, "src", file), "utf8")));
    expect(made.map((file) => relative("", file)).sort()).toEqual([
      "compile/yaml/yaml.ts",
      "domain/secrets/secret-shapes.ts",
      "redaction/named-secrets.ts",
    ]);
  });
});
