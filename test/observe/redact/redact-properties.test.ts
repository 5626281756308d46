import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SHAPES, secretIn } from "../../../src/domain/secrets/secret-shapes.ts";
import { redact, redactAll } from "../../../src/observe/redact.ts";
import { secrets } from "../../support/secrets/secret-corpus.ts";
import { BARE, NAMED } from "../../support/secrets/surroundings.ts";

const SECRETS = secrets();
const VALUES = SECRETS.map(({ value }) => value);
const PARTS = [
  ..."\n \t\\\"'`=:,;&@/?#%.-_()[]{}<>|$*!",
  ...[
    "password",
    "token",
    "api_key",
    "Authorization",
    "Bearer ",
    "Cookie: ",
    "secret",
    "key",
    "name",
    "value",
    "https://",
  ],
  ...[
    "\\n",
    '\\"',
    "%3D",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "[redacted]",
    "aB3dE6gH9jK2",
    "42",
  ],
  ...["\u001b[31m", "\u200b", "\u202e", "é", "😀", "\ud800", "\r\n", "--", "name: ", "value: ", "- "],
];
const hostile = fc
  .array(
    fc.oneof(fc.constantFrom(...PARTS), fc.constantFrom(...VALUES), fc.string({ unit: "binary", maxLength: 12 })),
    {
      maxLength: 24,
    },
  )
  .map((parts) => parts.join(""));

test("what was redacted once is not changed again", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const once = await redact(text);
      expect(await redact(once)).toBe(once);
    }),
    { numRuns: 3000 },
  );
});

test("in every surrounding too", async () => {
  const all = SECRETS.flatMap(({ value }) =>
    [...Object.values(BARE), ...Object.values(NAMED)].map((surrounding) => surrounding(value)),
  );
  for (const text of all) {
    const once = await redact(text);
    expect(await redact(once)).toBe(once);
  }
});

test("the number of lines stays", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      expect((await redact(text)).split("\n")).toHaveLength(text.split("\n").length);
    }),
    { numRuns: 1000 },
  );
});

test("texts that are redacted together come back each in its place", async () => {
  const texts = ["", "one", "two\nlines", `x ${VALUES[0]} y`, "\n", "last"];
  expect(await redactAll(texts)).toEqual(["", "one", "two\nlines", "x [redacted] y", "\n", "last"]);
  expect(await redactAll([])).toEqual([]);
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { maxLength: 5 }), async (some) => {
      expect(await redactAll(some)).toHaveLength(some.length);
    }),
    { numRuns: 300 },
  );
});

describe("what is looked for first misses nothing", () => {
  test.each(SHAPES)("%s", (_, part, shape) => {
    fc.assert(
      fc.property(fc.stringMatching(shape), (text) => {
        const found = shape.exec(text)?.[0] ?? "";
        expect(part.test(found)).toBe(true);
        expect(secretIn(`( ${found} )`)).toBeDefined();
      }),
      { numRuns: 100 },
    );
  });
});

test("the cost grows as the text does, whatever it is", async () => {
  const parts = fc.array(fc.constantFrom(...PARTS, "a", "A1", "sk-", "eyJ", "://", "AK", "xox"), {
    minLength: 1,
    maxLength: 4,
  });
  const cost = async (text: string) => {
    const start = process.cpuUsage();
    await redact(text);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  await fc.assert(
    fc.asyncProperty(parts, async (units) => {
      // Both end in the same way: a secret at the end alone has all of the text searched again.
      const unit = units.join("");
      const short = unit.repeat(Math.ceil(12_500 / unit.length));
      // Eight times the text may cost sixteen times as much, and no less than a tenth of a second says anything.
      const once = Math.max(await cost(short), 6_000);
      const long = short.repeat(8);
      expect(Math.min(await cost(long), await cost(long))).toBeLessThan(16 * once);
    }),
    { numRuns: 150 },
  );
});
