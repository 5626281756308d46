import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { identifyProcess, processState } from "../../../src/git/locks/owner.ts";

describe("the process that made something", () => {
  const self = identifyProcess(process.pid);

  test("is alive while it runs, and dead once it is killed, whether or not anybody has asked after it", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const owner = identifyProcess(child.pid ?? 0);
    expect(processState(owner)).toBe("alive");
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    expect(processState(owner)).toBe("dead");
  });

  test.each([
    ["this one", self, "alive"],
    ["of another host", { ...self, host: "elsewhere" }, "unknown"],
    ["of another container", { ...self, space: "pid:[1]" }, "unknown"],
  ])("%s is %#", (_, owner, life) => {
    expect(processState(owner)).toBe(life);
  });

  test.skipIf(process.platform !== "linux").each([
    ["before this start of the machine", { ...self, boot: "another" }],
    ["whose number was given to another since", { ...self, started: "1" }],
  ])("%s is dead", (_, owner) => {
    expect(processState(owner)).toBe("dead");
  });
});
