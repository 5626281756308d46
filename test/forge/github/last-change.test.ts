import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pull } from "../../servers/github/model/model.ts";
import { push } from "../../servers/github/model/people.ts";
import { addComment } from "../../servers/github/pulls/comments.ts";
import { createIssue, updateIssue } from "../../servers/github/pulls/issues.ts";
import { createPull, updatePull } from "../../servers/github/pulls/pulls.ts";
import { type Fleet, fleetOnGitHub } from "../../servers/github/setup.ts";

let now = Date.now();
let fleet: Fleet;
let pull: Pull;
beforeEach(async () => {
  fleet = await fleetOnGitHub({ "README.md": "A fleet\n" }, { now: () => now });
  const { world } = fleet.github;
  await push(world, fleet.repository, fleet.person, "topic", { x: "1\n" }, "x", { from: fleet.base ?? "" });
  const words = { title: "x", body: "", baseRef: "main", draft: false, headRef: "topic" };
  pull = await createPull(world, robin(), fleet.repository, { ...words, headRepository: fleet.repository });
});
afterEach(() => fleet.github.close());

const robin = () => ({ kind: "user", user: fleet.person, token: "" }) as const;

test("it is another one after each change of a pull request, an issue or a comment, and costs nothing where there is none", async () => {
  const forge = fleet.forge();
  const { world } = fleet.github;
  const issue = createIssue(world, robin(), fleet.repository, { title: "A question", body: "?" });
  const changes: readonly (() => unknown)[] = [
    () => addComment(world, robin(), pull, "/raos help"),
    () => push(world, fleet.repository, fleet.person, "topic", { x: "2\n" }, "again"),
    () => updatePull(world, robin(), pull, { title: "y" }),
    () => createIssue(world, robin(), fleet.repository, { title: "Another", body: "?" }),
    () => updateIssue(world, robin(), issue, { body: "- [x] done" }),
    () => updateIssue(world, robin(), issue, { state: "CLOSED" }),
    () => updatePull(world, robin(), pull, { state: "CLOSED" }),
  ];
  const seen = new Set([await forge.lastChange?.()]);
  for (const change of changes) {
    now += 1000;
    await change();
    seen.add(await forge.lastChange?.());
  }
  expect(seen.size).toBe(changes.length + 1);
  fleet.github.requests.splice(0);
  expect(seen.has(await forge.lastChange?.())).toBe(true);
  expect(fleet.github.requests.map(({ status }) => status)).toEqual([304]);
});

test("two changes within one second are two", async () => {
  const forge = fleet.forge();
  addComment(fleet.github.world, robin(), pull, "one");
  const before = await forge.lastChange?.();
  addComment(fleet.github.world, robin(), pull, "two");
  expect(await forge.lastChange?.()).not.toBe(before);
});
