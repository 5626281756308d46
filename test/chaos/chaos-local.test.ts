import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kind, makeTemplate, roundsOf } from "./rounds.ts";
import { isClean } from "./tally.ts";

/** Sixty-six kills on repositories on disk; `npm run chaos` has a thousand and more kinds. */
const KILLS: readonly (readonly [Kind, number])[] = [
  ["serve, killed", 18],
  ["serve, SIGTERM", 6],
  ["two bots, killed", 8],
  ["reconcile, killed", 14],
  ["pr merge, killed", 14],
  ["pr merge in a folder, killed", 6],
];

let ground: ReturnType<typeof makeTemplate>;
beforeAll(() => {
  ground = makeTemplate(60);
});
afterAll(() => rmSync(ground.root, { recursive: true, force: true, maxRetries: 5 }));

describe("processes that end in the middle, on disk", () => {
  test.each(KILLS)(
    "%s: %i times; nothing is lost, doubled, or left so that somebody is stopped",
    async (kind, kills) => {
      const tally = await roundsOf(kind, kills, 1, ground);
      expect(isClean(tally), JSON.stringify(tally, null, 2)).toBe(true);
    },
    900_000,
  );
});
