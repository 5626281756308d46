import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FAULTS } from "../servers/github/faults/faults.ts";
import { FAULTY } from "./github-place.ts";
import { type Kind, makeTemplate, roundsOf } from "./rounds.ts";
import { isClean } from "./tally.ts";

/** Thirty-four kills, and bots that live on, on a test GitHub that fails in every way it can. */
const KILLS: readonly (readonly [Kind, number])[] = [
  ["GitHub with faults, killed", 14],
  ["GitHub with faults, killed, alerts sent again", 6],
  ["GitHub, two bots, killed", 10],
  ["GitHub with faults, SIGTERM", 4],
  ["GitHub with faults, one bot that lives on", 20],
  ["GitHub with faults, two bots that live on", 20],
];

let ground: ReturnType<typeof makeTemplate>;
beforeAll(() => {
  ground = makeTemplate(80);
});
afterAll(() => rmSync(ground.root, { recursive: true, force: true, maxRetries: 5 }));

describe("processes that end in the middle, on a GitHub that fails", () => {
  test("every kind of fault is among those that befall it", () => {
    const kinds = new Set(FAULTY.map(({ kind }) => String(kind)));
    expect(Object.keys(FAULTS).filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  // Side by side: most of their time is spent waiting, as GitHub's limits ask.
  test.concurrent.each(KILLS)(
    "%s: %i rounds; nothing is lost, doubled, or left so that somebody is stopped",
    async (kind, rounds) => {
      const tally = await roundsOf(kind, rounds, 1, ground);
      expect(isClean(tally), JSON.stringify(tally, null, 2)).toBe(true);
    },
    900_000,
  );
});
