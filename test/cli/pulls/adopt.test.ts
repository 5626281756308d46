import { expect, test } from "vitest";
import type { Outcome } from "../../../src/domain/decision.ts";
import { fleetClone } from "../../support/cli/fleet-clone.ts";
import { raos } from "../../support/cli/raos.ts";

const BRANCH = "raos/agent/support/hello";

async function opened() {
  const place = fleetClone();
  const run = (...args: readonly string[]) => raos(place.clone, [...args, "--repo", place.bare]);
  const reconcile = async () => {
    const outcomes: readonly Outcome[] = JSON.parse((await run("reconcile", "--output", "json")).out);
    return outcomes.filter(({ pull }) => pull?.branch === BRANCH);
  };
  const [first] = await reconcile();
  return { place, run, reconcile, number: String(first?.pull?.number) };
}

test("a branch with a person's commit is replaced by RAOS' own where a person asks for it", async () => {
  const { place, run, reconcile, number } = await opened();
  place.git("fetch", "--quiet", "origin");
  place.git("checkout", "--quiet", "-b", "theirs", `origin/${BRANCH}`);
  place.write({ "mine.txt": "mine\n" });
  place.git("add", "--all");
  place.git("commit", "--quiet", "--message=Mine");
  place.git("push", "--quiet", "origin", `HEAD:${BRANCH}`);
  expect(await reconcile()).toMatchObject([{ kind: "skipped", reason: "person-edited-the-branch" }]);
  expect((await run("pr", "show", number)).out).toContain("raos pr adopt");
  const adopted = await run("pr", "adopt", number);
  expect(adopted).toMatchObject({ code: 0, err: "" });
  expect(adopted.out).toMatch(/^adopted #\d+: closed; its commits stay readable as [0-9a-f]{12}\n/);
  const [again] = await reconcile();
  expect(again).toMatchObject({ kind: "opened" });
  expect(String(again?.pull?.number)).not.toBe(number);
  expect(place.files(BRANCH)).not.toContain("mine.txt");
  expect(await reconcile()).toMatchObject([{ kind: "unchanged", reason: "up-to-date" }]);
});

test("what is RAOS' own, ended or not there is left as it is", async () => {
  const { run, number } = await opened();
  expect(await run("pr", "adopt", number)).toEqual({ code: 0, err: "", out: `#${number} is RAOS' own already\n` });
  await run("pr", "close", number);
  expect(await run("pr", "adopt", number)).toMatchObject({ code: 2 });
  expect(await run("pr", "adopt", "9999")).toMatchObject({ code: 2, out: "" });
});
