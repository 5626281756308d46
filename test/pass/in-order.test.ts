import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inOrder } from "../../src/pass/in-order.ts";

/** Works on an item for so many turns of the event loop. */
async function workFor(turns: number): Promise<number> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return turns * 10;
}

describe("work on several items at a time", () => {
  test("whatever each takes: the results come in the order of the items, and never more than `most` are worked on", async () => {
    const items = fc.array(fc.nat(4), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 4 }), async (list, most) => {
        let working = 0;
        let highest = 0;
        const work = async (turns: number) => {
          working += 1;
          highest = Math.max(highest, working);
          const result = await workFor(turns);
          working -= 1;
          return result;
        };
        const results = await Array.fromAsync(inOrder(list, most, work));
        expect(results).toEqual(list.map((turns) => [turns, turns * 10]));
        expect(highest).toBe(Math.min(most, list.length));
      }),
      { numRuns: 50 },
    );
  });

  test("an item that fails throws at its turn, after the results before it", async () => {
    const seen: number[] = [];
    const work = async (item: number) => {
      if (item === 2) throw new Error("item 2");
      return workFor(item);
    };
    const all = async () => {
      for await (const [item] of inOrder([3, 1, 2, 0], 4, work)) seen.push(item);
    };
    await expect(all()).rejects.toThrow("item 2");
    expect(seen).toEqual([3, 1]);
  });

  test("who stops reading starts no more work", async () => {
    const started: number[] = [];
    const work = async (item: number) => {
      started.push(item);
    };
    for await (const [item] of inOrder([0, 1, 2, 3, 4, 5], 2, work)) if (item === 1) break;
    expect(started).toEqual([0, 1, 2, 3]);
  });
});
