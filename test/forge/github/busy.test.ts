import { expect, test } from "vitest";
import { proposalFor } from "../../support/forge/proposal.ts";
import { counted, type Started, start } from "./start.ts";

const HOUR = 3_600_000;
const WEEK = 168 * HOUR;

/** People's pull requests, changed every three minutes of the last week, around those that are there. */
function addPeoplesPulls({ repository, person }: Started, count: number): void {
  const [pattern] = repository.pulls.values();
  if (pattern === undefined) throw new Error("there is none to begin with");
  for (let index = 0; index < count; index += 1) {
    const number = repository.nextNumber++;
    const at = new Date(Date.now() - index * 190_000).toISOString().replace(/\.\d+Z$/, "Z");
    const own = {
      id: 1_000_000 + number,
      number,
      author: person,
      headRef: `feature-${number}`,
      title: `Feature ${number}`,
    };
    repository.pulls.set(number, { ...pattern, ...own, comments: [], createdAt: at, updatedAt: at });
  }
}

test("among 3,000 pull requests that people changed in a week, the bot knows all its own", async () => {
  const at = await start();
  const merged = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
  await at.forge.merge(merged);
  const refused = await at.forge.open(proposalFor("b", { "deploy/b.yaml": "b: 2\n" }), at.base);
  addPeoplesPulls(at, 3000);
  // Both were changed five days ago: behind some 2,300 others.
  for (const number of [merged.number, refused.number]) {
    const pull = at.repository.pulls.get(number);
    if (pull !== undefined) pull.updatedAt = new Date(Date.now() - 120 * HOUR).toISOString().replace(/\.\d+Z$/, "Z");
  }
  const other = at.connect();
  await other.pull(1);
  counted(at);
  const first = await other.recentPulls(Date.now() - WEEK);
  expect(first?.map(({ number, state }) => [number, state])).toEqual([
    [refused.number, "open"],
    [merged.number, "merged"],
  ]);
  // 31 pages of 100, the first one once more, and one document for both pull requests.
  expect(counted(at)).toEqual({ writes: 0, reads: 33 });

  // One is closed: only the newest changes are listed again.
  await at.forge.close(refused, "No.");
  counted(at);
  const second = await other.recentPulls(Date.now() - WEEK);
  expect(second?.find(({ number }) => number === refused.number)).toMatchObject({ state: "closed" });
  expect(second?.length).toBe(2);
  expect(counted(at)).toEqual({ writes: 0, reads: 2 });
});

test("a read of a week forgets nothing that a read of three months found, nor what is said of it later", async () => {
  const at = await start();
  const merged = await at.forge.open(proposalFor("a", { "deploy/a.yaml": "a: 2\n" }), at.base);
  await at.forge.merge(merged);
  await at.forge.showRollout(merged, "Rolling out");
  const pull = at.repository.pulls.get(merged.number);
  const longAgo = new Date(Date.now() - 4 * WEEK).toISOString().replace(/\.\d+Z$/, "Z");
  const closings = pull?.closings.map((closing) => ({ ...closing, at: longAgo }));
  Object.assign(pull ?? {}, { createdAt: longAgo, mergedAt: longAgo, updatedAt: longAgo, closings });
  const reader = at.connect();
  const said = async (weeks: number) =>
    (await reader.recentPulls(Date.now() - weeks * WEEK))?.map(({ rollout }) => rollout);
  expect(await said(12)).toEqual(["Rolling out"]);
  expect(await said(1)).toEqual([]);
  expect(await said(12)).toEqual(["Rolling out"]);

  // GitHub counts an edit of the comment as no change of the pull request, and others were changed since.
  addPeoplesPulls(at, 1);
  expect(await said(12)).toEqual(["Rolling out"]);
  await reader.showRollout(merged, "Worse than before");
  expect(await said(12)).toEqual(["Worse than before"]);
});
