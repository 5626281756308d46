import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";

const SPEC = "agents/support/hello.yaml";

test("raos pr revert takes a merged pull request back, once", async () => {
  const place = fleetClone();
  const run = (...args: readonly string[]) => raos(place.clone, [...args, "--repo", place.bare]);
  const reconcile = async () => {
    const outcomes: readonly Outcome[] = JSON.parse((await run("reconcile", "--output", "json")).out);
    return outcomes.find(
      ({ cause, agent, pull }) => cause !== "rollout" && agent === "support/hello" && pull !== undefined,
    );
  };
  const deploy = async () => {
    const number = String((await reconcile())?.pull?.number);
    await run("pr", "merge", number);
    return number;
  };
  const first = await deploy();
  expect(await run("pr", "revert", first)).toMatchObject({
    code: 2,
    err: expect.stringContaining("for the first time"),
  });
  place.git("pull", "--quiet", "origin", "main");
  const before = place.read(SPEC);
  place.commit({ [SPEC]: before.replace(/description: .*/, "description: Says more") });
  const changed = await deploy();
  const reverted = await run("pr", "revert", changed);
  expect(reverted).toMatchObject({ code: 0, err: "" });
  expect(reverted.out).toMatch(new RegExp(`^#\\d+ takes back what #${changed} changed\\.\n$`));
  const back = /^#(\d+)/.exec(reverted.out)?.[1] ?? "";
  expect((await run("pr", "show", back)).out).toContain(`Asked for with raos pr revert ${changed}.`);
  expect(await run("pr", "revert", changed)).toMatchObject({
    code: 2,
    err: expect.stringContaining(`#${back} asks to take this back already`),
  });
  await run("pr", "merge", back);
  place.git("pull", "--quiet", "origin", "main");
  expect(place.read(SPEC)).toBe(before);
});
