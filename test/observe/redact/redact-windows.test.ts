import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redact, redactAll, redactJson } from "../../../src/observe/redact.ts";
import { LONGEST_KEY } from "../../../src/redaction/private-keys.ts";
import { divideIntoParts, LONGEST_LINE, SIZES, windowAt } from "../../../src/redaction/text/windows.ts";
import { LETTER_BY_LETTER, WRAPS } from "../../support/secrets/disguises.ts";
import { HARMLESS } from "../../support/secrets/harmless-lines.ts";
import { secrets } from "../../support/secrets/secret-corpus.ts";
import { BARE, NAMED } from "../../support/secrets/surroundings.ts";

const SECRETS = secrets();
const WHOLE = { own: Number.MAX_SAFE_INTEGER, around: 0 };
const TOKEN = `ghp_${"aB3dE6gH9jK2".repeat(3)}`;

const key = (bits: number) =>
  generateKeyPairSync("rsa", {
    modulusLength: bits,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey.trim();
const KEY = key(2048);
const KEYS: readonly string[] = [
  KEY,
  KEY.replaceAll("\n", "\r\n"),
  KEY.replaceAll("\n", "\n    "),
  JSON.stringify({ key: KEY }),
  KEY.split("\n")
    .map((line) => `2026-05-04T10:00:00.123Z INFO app: ${line}`)
    .join("\n"),
  KEY.split("\n").slice(0, 15).join("\n"),
  KEY.split("\n").slice(9).join("\n"),
  Buffer.from(KEY).toString("base64"),
];

const secret = fc.constantFrom(...SECRETS.map(({ value }) => value));
const lines = fc.array(fc.constantFrom(...HARMLESS), { minLength: 1, maxLength: 24 }).map((some) => some.join("\n"));
const block = fc.oneof(
  { weight: 4, arbitrary: lines },
  {
    weight: 2,
    arbitrary: fc
      .tuple(secret, fc.constantFrom(...Object.values(BARE), ...Object.values(NAMED)))
      .map(([value, surrounding]) => surrounding(value)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(secret, fc.constantFrom(...Object.values(WRAPS)), fc.double({ min: 0.1, max: 0.9, noNaN: true }))
      .map(([value, wrap, share]) => {
        const at = Math.floor(value.length * share);
        return `refused ${wrap(value.slice(0, at), value.slice(at))} here`;
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(secret, fc.constantFrom(...Object.values(LETTER_BY_LETTER)))
      .map(([value, disguise]) => disguise(value)),
  },
  { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
);
const text = fc.array(block, { minLength: 60, maxLength: 240 }).map((blocks) => blocks.join("\n"));

describe("a text that is redacted in windows", () => {
  test("comes out as one that is redacted as a whole", async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 500, max: 20_000 }), async (some, own) => {
        expect(await redact(some, { own, around: LONGEST_KEY + 1024 })).toBe(await redact(some, WHOLE));
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  test("wherever the longest private key in use lies across a border, nothing of it is left", async () => {
    const long = key(8192).split("\n");
    const filler = Array.from(
      { length: 900 },
      (_, n) => `INFO ticket ${n} was routed to queue ${n % 7} of the support desk`,
    );
    for (let before = 290; before < 420; before += 17) {
      const some = [...filler.slice(0, before), ...long, ...filler].join("\n");
      const clean = await redact(some, { ...SIZES, own: 20_000 });
      expect(clean.split("\n").filter((line) => line !== "[redacted]")).toEqual([
        ...filler.slice(0, before),
        ...filler,
      ]);
    }
  }, 120_000);

  test.each([LONGEST_KEY - 50, LONGEST_KEY, LONGEST_KEY + 1, LONGEST_KEY + 50])(
    "two markers with %i characters between them, of two keys that were cut",
    async (between) => {
      const words = "ticket was routed to a queue of the support desk\n".repeat(400);
      const some = `${words}-----BEGIN PRIVATE KEY-----${words.slice(-between)}-----END PRIVATE KEY-----\n${words}`;
      const whole = await redact(some, WHOLE);
      expect(whole.split("[redacted]").length > 300).toBe(between <= LONGEST_KEY);
      for (const own of [500, 5000, 17_000]) expect(await redact(some, { ...SIZES, own })).toBe(whole);
    },
  );

  test("gives the event loop its turns", async () => {
    const line = (n: number) => `ERROR password=hunter${n}x for postgres://triage:hunter${n}@db.example:5432/app`;
    const some = Array.from({ length: 100_000 }, (_, n) => line(n));
    expect(some.join("\n").length).toBeGreaterThan(7_000_000);
    // One turn for each window, at the least.
    expect(await turnsDuring(async () => void (await redactAll(some)))).toBeGreaterThan(13);
    expect(await turnsDuring(async () => void (await redactJson({ some: some.slice(0, 30_000) })))).toBeGreaterThan(4);
  }, 240_000);
});

/** How often others had a turn while something was done. */
async function turnsDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isDone = true;
  return turns;
}

describe("windows", () => {
  test("hold every line once as their own, and as many around it as they should", () => {
    const any = fc.array(fc.string({ maxLength: 30 }), { maxLength: 60 }).map((some) => some.join("\n"));
    const size = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(any, size, size, (some, own, around) => {
        const parts = divideIntoParts(some, own);
        expect(parts.join("")).toBe(some);
        for (const part of parts.slice(0, -1)) expect(part.endsWith("\n")).toBe(true);
        let done = 0;
        for (const [index, part] of parts.entries()) {
          const window = windowAt(parts, index, around);
          expect(window.text.slice(window.start, window.end)).toBe(part);
          expect(some.slice(done - window.start, done - window.start + window.text.length)).toBe(window.text);
          expect(window.start).toBeGreaterThanOrEqual(Math.min(around, done));
          const behind = some.length - done - part.length;
          expect(window.text.length - window.end).toBeGreaterThanOrEqual(Math.min(around, behind));
          expect(done === window.start || some[done - window.start - 1] === "\n").toBe(true);
          done += part.length;
        }
      }),
    );
  });
});

describe("a line that is longer than any should be", () => {
  test("is cut, and no half of a secret is left at its end", async () => {
    for (let at = LONGEST_LINE - 60; at < LONGEST_LINE + 10; at += 1) {
      const clean = await redact(`first\n${"x ".repeat(at).slice(0, at)} ${TOKEN} ${"y ".repeat(1_000)}\nlast`);
      expect(clean).not.toContain("ghp_");
      expect(clean.split("\n")).toHaveLength(3);
      expect(clean.length).toBeLessThan(LONGEST_LINE + 20);
      expect(clean.endsWith(" […]\nlast")).toBe(true);
    }
  });

  test("nor of one with nothing before it", async () => {
    const clean = await redact(`${"abc-".repeat(16_380)}${TOKEN.repeat(100)}`);
    expect(clean).not.toContain("ghp_");
  });

  test("is not cut again, and a shorter one is not cut", async () => {
    const once = await redact("some words ".repeat(30_000));
    expect(once.endsWith(" […]")).toBe(true);
    expect(await redact(once)).toBe(once);
    const short = "some words ".repeat(30_000).slice(0, LONGEST_LINE);
    expect(await redact(short)).toBe(short);
  });
});

describe("what is read piece by piece is missed at no end of a piece", () => {
  const forms: Readonly<Record<string, readonly [piece: number, (bytes: Buffer) => string]>> = {
    hexadecimal: [8192, (bytes) => bytes.toString("hex")],
    "a slice of Go": [8192, (bytes) => `[${[...bytes].join(" ")}]`],
    base64: [8191 * 3, (bytes) => bytes.toString("base64")],
  };
  test.each(Object.entries(forms))("%s", async (_, [piece, form]) => {
    const after = " and all the rest of it, which is harmless";
    const least = form(Buffer.from(TOKEN)).length - 4;
    for (let at = piece - 44; at <= piece + 4; at += 4) {
      const plain = "a".repeat(at - 1);
      const shown = form(Buffer.from(`${plain} ${TOKEN}${after}`));
      const clean = await redact(shown);
      const masks = clean.split("[redacted]");
      expect(masks[0]?.length).toBeGreaterThan(form(Buffer.from(plain)).length - 8);
      expect(shown.length - masks.join("").length).toBeGreaterThanOrEqual(least);
    }
  });

  test.each([61, 62, 63, 64, 65, 66])("a secret in three lines behind %i that go on", async (count) => {
    const words = Array.from({ length: count }, () => "some-kind-of-words");
    const parts = [TOKEN.slice(0, 9), TOKEN.slice(9, 20), TOKEN.slice(20)];
    const clean = await redact([...words, ...parts, "the end of it"].join("\n"));
    for (const part of parts) expect(clean).not.toContain(part);
  });
});
