import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withLock } from "../../tools/lock.ts";
import { temporaryFolder } from "../real/process/loopback.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => folder.remove());

it("lets one in at a time", async () => {
  const events: string[] = [];
  const visit = (name: string) =>
    withLock(folder.path, async () => {
      events.push(`+${name}`);
      await setTimeout(20);
      events.push(`-${name}`);
    });
  await Promise.all([visit("a"), visit("b")]);
  expect(events).toEqual(["+a", "-a", "+b", "-b"]);
  expect(existsSync(join(folder.path, ".lock"))).toBe(false);
});

it("opens again where its holder threw", async () => {
  await expect(withLock(folder.path, () => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(await withLock(folder.path, async () => "in")).toBe("in");
});

it.each(["2147483646", "", "x"])("takes a lock away that %j left behind", async (holder) => {
  await writeFile(join(folder.path, ".lock"), holder);
  expect(await withLock(folder.path, async () => "in")).toBe("in");
});
