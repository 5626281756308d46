import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { lifeOf, ownerOf } from "../../src/git/owner.ts";

describe("the process that made something", () => {
  const self = ownerOf(process.pid);

  test("is alive while it runs, and dead once it is killed, whether or not anybody has asked after it", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const owner = ownerOf(child.pid ?? 0);
    expect(lifeOf(owner)).toBe("alive");
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(lifeOf(owner)).toBe("dead");
  });

  test.each([
    ["this one", self, "alive"],
    ["of another host", { ...self, host: "elsewhere" }, "unknown"],
    ["of another container", { ...self, space: "pid:[1]" }, "unknown"],
  ])("%s is %#", (_, owner, life) => {
    expect(lifeOf(owner)).toBe(life);
  });

  test.skipIf(process.platform !== "linux").each([
    ["before this start of the machine", { ...self, boot: "another" }],
    ["whose number was given to another since", { ...self, started: "1" }],
  ])("%s is dead", (_, owner) => {
    expect(lifeOf(owner)).toBe("dead");
  });
});
