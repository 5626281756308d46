import { describe, expect, test } from "vitest";
import { proposal } from "../../support/forge/proposal.ts";
import { start } from "./start.ts";

describe("the checks of a pull request on GitHub", () => {
  test.each([
    ["SUCCESS", "passing"],
    ["PENDING", "pending"],
    ["EXPECTED", "pending"],
    ["FAILURE", "failing"],
    ["ERROR", "failing"],
  ] as const)("%s is %s", async (state, expected) => {
    const { forge, base, repository } = await start();
    const pull = await forge.open(proposal({}), base);
    repository.checks.set(pull.head, state);
    expect(await forge.checks(pull)).toBe(expected);
  });

  test("that may not be read are never taken to have passed", async () => {
    const started = await start();
    const pull = await started.forge.open(proposal({}), started.base);
    const { checks: _, ...rest } = started.installation.permissions;
    started.installation.permissions = rest;
    await expect(started.connect().checks(pull)).rejects.toMatchObject({ name: "ForgeError", code: "forbidden" });
  });
});
