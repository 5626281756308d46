import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LogLine, summarise, summarising } from "../../src/logs/log-summary.ts";

const ALL = { deployedAt: undefined, most: Number.POSITIVE_INFINITY };
const linesOf = (texts: readonly string[]): readonly LogLine[] => texts.map((line, at) => ({ at, line }));
const templates = (texts: readonly string[]) => summarise(linesOf(texts), ALL).map(({ template }) => template);

describe("what varies becomes <*>", () => {
  test.each([
    ["took 182 ms", "took 95 ms", "took <*> ms"],
    ["took 1.5s, 97.3 %", "took 22s, 1 %", "took <*>, <*> %"],
    ["user 42 from 10.0.3.17:6379", "user 7 from 10.0.3.18:6379", "user <*> from <*>"],
    ["trace=4bf92f3577b34da6 done", "trace=00f067aa0ba902b7 done", "trace=<*> done"],
    [
      "request 7f1f5a4e-1b1f-4c63-9a6e-0d4c5a1b2c3d ok",
      "request 8f1f5a4e-1b1f-4c63-9a6e-0d4c5a1b2c3d ok",
      "request <*> ok",
    ],
    ["2026-05-04T10:00:00.1Z ready", "2026-05-04T10:00:01+02:00 ready", "<*> ready"],
    ['no tool "close" in time', 'no tool "open" in time', "no tool <*> in time"],
    ["no room in queue alpha now", "no room in queue beta now", "no room in queue <*> now"],
    ["at 0x4a5f3c in main", "at 0x0 in main", "at <*> in main"],
    ["gpt-4o said no", "gpt-4o said no", "gpt-4o said no"],
  ])("%s | %s", (one, other, template) => {
    expect(templates([one, other])).toEqual([template]);
  });
});

describe("the message and level of a line", () => {
  test.each([
    ['{"level":"error","msg":"tool failed","ts":1}', "error", "tool failed"],
    ['{"levelname":"WARNING","message":"slow"}', "warn", "slow"],
    ['{"event":"refused","severity":"CRITICAL"}', "fatal", "refused"],
    ['{"level":50,"msg":"from pino"}', "error", "from pino"],
    ['{"level":10,"msg":"from pino"}', "debug", "from pino"],
    ['{"level":"info","msg":7}', "info", "{<*>:<*>,<*>:<*>}"],
    ['{"level":"error","msg":"cut off', "error", '{<*>:<*>,<*>:"cut off'],
    [
      'time="2026-05-04T10:00:00Z" level=error msg="no component \\"redis\\": refused" scope=dapr.runtime',
      "error",
      "no component <*>: refused",
    ],
    ["E0504 10:00:00.123456 1 main.go:4] lost the lease", "error", "E0504 <*>:<*>:<*> <*> main.go:<*>] lost the lease"],
    ["INFO all went well, error count 0", "info", "INFO all went well, error count <*>"],
    ["Traceback (most recent call last):", "error", "Traceback (most recent call last):"],
    ["panic: nil pointer", "fatal", "panic: nil pointer"],
    ["\u001b[31mERROR\u001b[0m it \u202ebroke\u200b", "error", "ERROR it broke"],
    ["10%\r20%\rdone", "unknown", "<*> <*> done"],
    ["the mirror is terrific", "unknown", "the mirror is terrific"],
    ["", "unknown", ""],
  ])("%j", (line, level, template) => {
    expect(summarise(linesOf([line]), ALL)).toMatchObject([{ level, template }]);
  });
});

test("count, first and last seen, the worst level, and the first line of a kind as its example", () => {
  const lines = [
    { at: 30, line: "WARN queue 3 is slow" },
    { at: 10, line: "INFO queue 4 is slow" },
    { at: 20, line: "WARN queue 5 is slow" },
  ];
  expect(summarise(lines, ALL)).toEqual([
    {
      template: "WARN queue <*> is slow",
      count: 2,
      level: "warn",
      firstSeen: 20,
      lastSeen: 30,
      isNew: false,
      example: "WARN queue 3 is slow",
    },
    {
      template: "INFO queue <*> is slow",
      count: 1,
      level: "info",
      firstSeen: 10,
      lastSeen: 10,
      isNew: false,
      example: "INFO queue 4 is slow",
    },
  ]);
});

describe("new is what was not seen before the deploy", () => {
  const lines = [
    { at: 10, line: "ERROR old trouble" },
    { at: 20, line: "INFO started" },
    { at: 30, line: "ERROR old trouble" },
    { at: 40, line: "INFO a new thing" },
    { at: 50, line: "ERROR brand-new failure here" },
  ];
  const newOf = (deployedAt: number | undefined, some: readonly LogLine[] = lines) =>
    summarise(some, { deployedAt, most: 30 }).flatMap(({ isNew, template }) => (isNew ? [template] : []));

  test("they come first, the worse before", () => {
    const told = summarise(lines, { deployedAt: 25, most: 30 });
    expect(told.map(({ template }) => template)).toEqual([
      "ERROR brand-new failure here",
      "INFO a new thing",
      "ERROR old trouble",
      "INFO started",
    ]);
    expect(newOf(25)).toEqual(["ERROR brand-new failure here", "INFO a new thing"]);
  });

  test("in whatever order the lines come", () => {
    expect(newOf(25, lines.toReversed())).toEqual(["ERROR brand-new failure here", "INFO a new thing"]);
  });

  test("a line of the very moment is new", () => {
    expect(newOf(50)).toEqual(["ERROR brand-new failure here"]);
    expect(newOf(51)).toEqual([]);
  });

  test("nothing is where the deploy is not known, or no line is older than it", () => {
    expect(newOf(undefined)).toEqual([]);
    expect(newOf(5)).toEqual([]);
    expect(newOf(25, lines.slice(3))).toEqual([]);
  });
});

/** Lines as they come, and as somebody writes who wants to break this. */
const hostileLine = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...["ERROR", "INFO", "took", "42", "ms", "<*>", "<", ">", '"', '\\"', "\\", "{", "}", "\n", "\r", "\t", "  "],
        ...[
          "\u001b[31m",
          "\u001b]8;;x\u0007",
          "\u202e",
          "\u200f",
          "\u0000",
          "\ud83d",
          "😀",
          "é",
          "0f1e2d3c4b",
          "-1.5e9",
        ],
        ...["msg=", 'msg="x', '{"msg":"x"}', '{"msg":', "__proto__", "constructor", "2026-05-04T10:00:00Z"],
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(" ")),
  fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 1500 })).map(([s, n]) => s.repeat(n)),
);
const hostileLog = fc.array(fc.record({ at: fc.integer({ min: 0, max: 1000 }), line: hostileLine }), { maxLength: 60 });

/** Whether a template matches a text: `<*>` matches anything. Both may be cut, and white space is of one kind. */
function stands(template: string, example: string): boolean {
  const text = example.replace(/\s+/g, " ").trim();
  let from = 0;
  for (const [index, part] of template.split("<*>").entries()) {
    const at = text.indexOf(part, from);
    if (index === 0 ? at !== 0 : at < 0) return template.length >= 400 || example.length >= 400;
    from = at + part.length;
  }
  return true;
}

test("every line is counted once, and each template matches its example", () => {
  fc.assert(
    fc.property(hostileLog, fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }), (lines, deployedAt) => {
      const told = summarise(lines, { ...ALL, deployedAt });
      expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
      for (const { template, example, firstSeen, lastSeen, isNew, count } of told) {
        expect(stands(template, example), `${template} | ${example}`).toBe(true);
        expect(example.isWellFormed() && template.isWellFormed()).toBe(true);
        expect(template.length <= 500 && example.length <= 500).toBe(true);
        expect(firstSeen).toBeLessThanOrEqual(lastSeen);
        expect(count).toBeGreaterThan(0);
        if (isNew) expect(firstSeen).toBeGreaterThanOrEqual(deployedAt ?? Number.POSITIVE_INFINITY);
      }
    }),
    { numRuns: 1500 },
  );
});

test("the counts add up to the same in any order, and so do first and last seen", () => {
  const shuffled = hostileLog.chain((lines) =>
    fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
  );
  const whole = (lines: readonly LogLine[]) => {
    const told = summarise(lines, ALL);
    return {
      lines: told.reduce((sum, { count }) => sum + count, 0),
      first: Math.min(...told.map(({ firstSeen }) => firstSeen)),
      last: Math.max(...told.map(({ lastSeen }) => lastSeen)),
    };
  };
  fc.assert(
    fc.property(shuffled, ([lines, others]) => {
      expect(whole(others)).toEqual(whole(lines));
    }),
  );
});

test("the summary is bounded", () => {
  const words = (n: number) => n.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "q");
  const texts = Array.from(
    { length: 20_000 },
    (_, n) => `${words(n)} ${words(n * 7)} ${words(n * 13)} ${words(n * 31)}`,
  );
  const all = summarise(linesOf(texts), ALL);
  expect(all.length).toBeLessThanOrEqual(5001);
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(texts.length);
  expect(summarise(linesOf(texts), { deployedAt: undefined, most: 30 })).toHaveLength(30);
});

describe("the cost grows as the log does", () => {
  const words = (n: number) => n.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "q");
  test.each<readonly [string, (n: number) => string]>([
    ["lines of one kind", (n) => `INFO ticket ${n} took ${n % 90} ms`],
    ["no line like another", (n) => `${words(n)} ${words(n * 7919)} ${words(n * 104_729)}`],
    ["alike in their first words", (n) => `1 2 ${[3, 5, 7, 11, 13, 17, 19].map((k) => words(n * k)).join(" ")}`],
    ["long lines", (n) => `${words(n)} `.repeat(300)],
    ["long words", (n) => `${words(n)}`.repeat(300)],
    ["quotes that never end", (n) => `"${words(n)}\\`.repeat(100)],
    ["colours", (n) => `\u001b[3${n % 8}m;;${words(n)}\u001b]8;;`.repeat(40)],
    ["deep JSON", (n) => `{"a":`.repeat(100) + n],
  ])("%s", (_, line) => {
    const cost = (count: number) => {
      const lines = linesOf(Array.from({ length: count }, (_, n) => line(n)));
      const start = process.cpuUsage();
      summarise(lines, { deployedAt: 5, most: 30 });
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    cost(1000);
    const few = Math.max(cost(2000), cost(2000), 5000);
    expect(Math.min(cost(16_000), cost(16_000))).toBeLessThan(20 * few);
  });
});

test("the work comes in pieces, of one line each", () => {
  const lines = linesOf(Array.from({ length: 500 }, (_, n) => `ticket ${n} was routed`));
  const work = summarising(lines, { deployedAt: undefined, most: 30 });
  let pieces = 0;
  let step = work.next();
  for (; step.done !== true; step = work.next()) pieces += 1;
  expect(pieces).toBe(500);
  expect(step.value).toEqual(summarise(lines, { deployedAt: undefined, most: 30 }));
});
