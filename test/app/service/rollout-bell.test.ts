import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRolloutBell } from "../../../src/app/service/rollout-bell.ts";
import { repositoryName } from "../../../src/domain/rollout/event-repository.ts";
import { waitUntil } from "../../support/wait.ts";

const SERVED = ["https://github.com/Acme/Agents.git", "acme/other", "/srv/git/fleet.git"];

function bell(gapMs: number, served: readonly string[] = SERVED) {
  const passes: string[] = [];
  const made = createRolloutBell(
    { ROLLOUTS_SECRET: "s" },
    { repositories: () => served, queuePass: (repo) => void passes.push(repo), gapMs },
  );
  return { passes, ring: (named?: string) => made?.ring(named) };
}

describe("which repositories an event rings", () => {
  test.each([
    ["the one that it names", "acme/agents", [SERVED[0]]],
    ["a folder", "git/fleet", [SERVED[2]]],
    ["all, where it names none", undefined, SERVED],
    ["all, where what it names is not served", "acme/unknown", SERVED],
  ])("%s", (_, named, expected) => {
    const { passes, ring } = bell(60_000);
    expect(ring(named)).toBe("taken");
    expect(passes).toEqual(expected);
  });

  test("none before the first is known", () => {
    expect(bell(60_000, []).ring()).toBe("full");
  });

  test.each([{}, { ROLLOUTS_SECRET: "" }, { ROLLOUTS_TOKEN: "" }])("there is no bell with %j", (env) => {
    expect(createRolloutBell(env, { repositories: () => SERVED, queuePass: () => {} })).toBeUndefined();
  });
});

test("a hundred events lead to a pass at once and to one more, and a quiet bell rings at once again", async () => {
  const { passes, ring } = bell(40);
  for (let index = 0; index < 100; index += 1) ring("acme/other");
  expect(passes).toEqual(["acme/other"]);
  await waitUntil(() => passes.length === 2);
  // The second pass has a gap of its own, in which nothing rang.
  await sleep(120);
  expect(passes).toHaveLength(2);
  ring("acme/other");
  expect(passes).toHaveLength(3);
});

describe("the name of a repository", () => {
  test.each([
    ["acme/agents", "acme/agents"],
    ["https://github.com/Acme/agents.git", "acme/agents"],
    ["https://git.acme.example:8443/acme/agents/", "acme/agents"],
    ["git@github.com:acme/agents.git", "acme/agents"],
    ["ssh://git@github.com/acme/agents", "acme/agents"],
    ["/srv/git/fleet.git", "git/fleet"],
    ["agents", undefined],
    ["", undefined],
    ["///", undefined],
  ])("of %j is %j", (address, expected) => {
    expect(repositoryName(address)).toBe(expected);
  });

  test("it is found in any address of the repository", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(word, word, (owner, name) => {
        const said = `${owner}/${name}`;
        for (const address of [said, `https://forge.example/${said}.git`, `git@forge.example:${said}.git`])
          expect(repositoryName(address)).toBe(said);
      }),
    );
  });
});
