import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { inTurn } from "../../tools/schedule.ts";

const steps = [{ name: "a" }, { name: "b", after: "a" }, { name: "c" }, { name: "d", after: "elsewhere" }];

it("does every step once, a step after the one it waits for, and no more than the width at a time", async () => {
  const events: string[] = [];
  let running = 0;
  await inTurn(steps, 2, async ({ name }) => {
    running += 1;
    expect(running).toBeLessThanOrEqual(2);
    events.push(`+${name}`);
    await setTimeout(name === "a" ? 20 : 1);
    events.push(`-${name}`);
    running -= 1;
  });
  expect(events.filter((event) => event.startsWith("-")).toSorted()).toEqual(["-a", "-b", "-c", "-d"]);
  expect(events.slice(0, 2)).toEqual(["+a", "+c"]);
  expect(events.indexOf("+b")).toBeGreaterThan(events.indexOf("-a"));
});

it("says so where steps wait for each other", async () => {
  const circle = [
    { name: "a", after: "b" },
    { name: "b", after: "a" },
  ];
  await expect(inTurn(circle, 1, async () => {})).rejects.toThrow("steps wait for each other");
});
