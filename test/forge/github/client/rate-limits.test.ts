import fc from "fast-check";
import { expect, test } from "vitest";
import { createRateLimits, RESOURCES } from "../../../../src/forge/github/client/rate-limits.ts";

const NOW = 1_800_000_000_000;
const SOON = String(NOW / 1000 + 600);

/** What an answer says of its budget: limit, remaining, reset, resource. */
const said = (limit: string, remaining: string, reset = SOON, resource?: string) => ({
  ...{ "x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset },
  ...(resource === undefined ? {} : { "x-ratelimit-resource": resource }),
});

/** Whose budget an answer is about, and its headers. */
type Answered = readonly [owner: string, headers: Record<string, string>];

/** The used shares after answers. */
async function sharesAfter(...answers: readonly Answered[]): Promise<readonly number[]> {
  const limits = createRateLimits();
  for (const [owner, headers] of answers)
    await limits.watch(owner, async () => new Response("", { headers }))("https://api.github.com/x");
  return RESOURCES.map((resource) => limits.usedShare(resource, NOW));
}

test.each<readonly [string, readonly Answered[], readonly number[]]>([
  ["nothing was answered", [], [0, 0, 0]],
  ["a quarter is used", [["1", said("5000", "3750", SOON, "core")]], [0.25, 0, 0]],
  ["GraphQL has a budget of its own", [["1", said("5000", "0", SOON, "graphql")]], [0, 1, 0]],
  ["a budget that RAOS does not know", [["1", said("30", "15", SOON, "search")]], [0, 0, 0.5]],
  ["no resource is named", [["1", said("60", "30")]], [0.5, 0, 0]],
  [
    "the installation that used most counts",
    [
      ["1", said("100", "90")],
      ["2", said("100", "20")],
    ],
    [0.8, 0, 0],
  ],
  [
    "its latest answer counts",
    [
      ["1", said("100", "10")],
      ["1", said("100", "60")],
    ],
    [0.4, 0, 0],
  ],
  ["its hour has ended", [["1", said("100", "10", String(NOW / 1000 - 1))]], [0, 0, 0]],
  ["more is left than there is", [["1", said("100", "200")]], [0, 0, 0]],
  ["the limit is none", [["1", said("0", "0")]], [0, 0, 0]],
  [
    "a number is none",
    [
      ["1", said("100", "many")],
      ["2", said("1e3", "1")],
    ],
    [0, 0, 0],
  ],
  ["a number is missing", [["1", { "x-ratelimit-limit": "100", "x-ratelimit-remaining": "1" }]], [0, 0, 0]],
])("%s", async (_, answers, expected) => {
  const shares = await sharesAfter(...answers);
  expect(shares.map((share) => Number(share.toFixed(6)))).toEqual(expected);
});

test("the answer goes on as it came, and an error stays one", async () => {
  const limits = createRateLimits();
  const response = new Response("text", { status: 403, headers: said("100", "0") });
  expect(await limits.watch("1", async () => response)("https://api.github.com/x")).toBe(response);
  const broken = limits.watch("1", async () => Promise.reject(new Error("no connection")));
  await expect(broken("https://api.github.com/x")).rejects.toThrow("no connection");
});

test("whatever the headers hold, a share is between 0 and 1", async () => {
  const text = fc.oneof(
    fc.nat().map(String),
    fc.string({ unit: "grapheme-ascii" }).map((one) => one.trim()),
  );
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (limit, remaining, reset, resource) => {
      for (const share of await sharesAfter(["1", said(limit, remaining, reset, resource)])) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("of thousands of owners the latest are remembered", async () => {
  const answers = Array.from({ length: 1001 }, (_, n) => [String(n), said("100", n === 0 ? "0" : "50")] as const);
  expect((await sharesAfter(...answers))[0]).toBe(0.5);
});
