import { describe, expect, test } from "vitest";
import type { IssueProposal } from "../../../src/domain/alert/incident.ts";
import { addComment } from "../../servers/github/pulls/comments.ts";
import { createIssue, updateIssue } from "../../servers/github/pulls/issues.ts";
import { counted, type Started, start } from "./start.ts";

function report(key = "raos/alert/acme/triage", labels: readonly string[] = []): IssueProposal {
  const marker = Buffer.from(JSON.stringify({ version: 1, key })).toString("base64");
  return { key, title: "A question", body: `Why?\n\n<!-- raos:issue ${marker} -->`, labels };
}

function byPerson({ github, repository, person }: Started, count: number, state: "OPEN" | "CLOSED"): void {
  const caller = { kind: "user", user: person, token: "" } as const;
  for (let index = 0; index < count; index += 1) {
    const issue = createIssue(github.world, caller, repository, { title: `Issue ${index}`, body: report().body });
    if (state === "CLOSED") updateIssue(github.world, caller, issue, { state });
  }
}

describe("issues on GitHub", () => {
  test("an issue costs one write, and has its labels with another", async () => {
    const started = await start();
    await started.forge.openIssue(report());
    expect(counted(started).writes).toBe(1);
    const issue = await started.forge.openIssue(report("raos/alert/acme/billing", ["raos", "question"]));
    const labels = started.repository.issues.get(issue.number)?.labels.map(({ name }) => name);
    expect(labels).toEqual(["raos", "question"]);
  });

  test("are found among many of other people's", async () => {
    const started = await start();
    byPerson(started, 120, "OPEN");
    const issue = await started.forge.openIssue(report());
    byPerson(started, 120, "OPEN");
    byPerson(started, 120, "CLOSED");
    expect(await started.forge.issues()).toEqual({ issues: [issue], complete: true });
  });

  test("where there are too many open ones the reading is not complete", async () => {
    const started = await start();
    byPerson(started, 2001, "OPEN");
    expect((await started.forge.issues()).complete).toBe(false);
  });

  test("closed long ago are not listed", async () => {
    const started = await start();
    const issue = await started.forge.openIssue(report());
    await started.forge.closeIssue(issue, "Every alert has ended.");
    const stored = started.repository.issues.get(issue.number);
    if (stored === undefined) throw new Error("no issue");
    stored.closedAt = "2001-01-01T00:00:00Z";
    expect((await started.forge.issues()).issues).toEqual([]);
  });

  test("a marker in somebody else's comment does not make a close the bot's", async () => {
    const started = await start();
    const issue = await started.forge.openIssue(report());
    const stored = started.repository.issues.get(issue.number);
    const { github, person } = started;
    if (stored === undefined) throw new Error("no issue");
    const caller = { kind: "user", user: person, token: "" } as const;
    addComment(github.world, caller, stored, "<!-- raos:closed -->");
    updateIssue(github.world, caller, stored, { state: "CLOSED" });
    expect((await started.forge.issues()).issues).toMatchObject([{ state: "closed", closedByBot: false }]);
  });

  test("where they are disabled, or not permitted, it says so", async () => {
    const started = await start();
    started.repository.hasIssues = false;
    await expect(started.forge.openIssue(report())).rejects.toMatchObject({
      name: "ForgeError",
      message: expect.stringMatching(/^open an issue: .*disabled/),
    });
    started.repository.hasIssues = true;
    const issue = await started.forge.openIssue(report());
    started.installation.permissions = { contents: "write", issues: "read", metadata: "read", pull_requests: "write" };
    const forge = started.connect();
    for (const refused of [
      () => forge.openIssue(report("raos/alert/acme/billing")),
      () => forge.updateIssue(issue, report()),
      () => forge.closeIssue(issue, "Every alert has ended."),
    ])
      await expect(refused()).rejects.toMatchObject({ name: "ForgeError", code: "forbidden" });
    expect((await forge.issues()).issues).toMatchObject([{ state: "open" }]);
  });
});

describe("issues that were closed", () => {
  const DAY = 86_400_000;
  /** Moves every issue's last change and end, in the order of their numbers, so many milliseconds back. */
  function age(started: Started, ageOf: (index: number) => number): void {
    for (const [index, issue] of [...started.repository.issues.values()].entries()) {
      const at = new Date(Date.now() - ageOf(index)).toISOString().replace(/\.\d+Z$/, "Z");
      issue.updatedAt = at;
      if (issue.closedAt !== undefined) issue.closedAt = at;
    }
  }

  test("are known for 90 days, and read again only where they were changed", async () => {
    const started = await start();
    const issue = await started.forge.openIssue(report());
    const { github, person, repository } = started;
    const stored = repository.issues.get(issue.number);
    if (stored === undefined) throw new Error("no issue");
    const caller = { kind: "user", user: person, token: "" } as const;
    updateIssue(github.world, caller, stored, { state: "CLOSED" });
    byPerson(started, 120, "CLOSED");
    age(started, (index) => (80 - index / 2) * DAY);
    const other = started.connect();
    await other.pull(1);
    counted(started);
    const mine = [{ number: issue.number, state: "closed", closedByBot: false }];
    expect(await other.issues()).toMatchObject({ issues: mine, complete: true });
    expect(counted(started)).toEqual({ writes: 0, reads: 4 });
    expect(await other.issues()).toMatchObject({ issues: mine, complete: true });
    expect(counted(started)).toEqual({ writes: 0, reads: 2 });
    // A person opens it again.
    updateIssue(github.world, caller, stored, { state: "OPEN" });
    expect(await other.issues()).toMatchObject({ issues: [{ number: issue.number, state: "open" }], complete: true });
    updateIssue(github.world, caller, stored, { state: "CLOSED" });
    expect(await other.issues()).toMatchObject({ issues: mine, complete: true });
  });

  test.each([
    ["8 days", 200, true],
    ["3 days", 500, false],
  ])("are complete where the newest 2,000 cover a week: %s", async (_, perDay, complete) => {
    const started = await start();
    byPerson(started, 2100, "CLOSED");
    age(started, (index) => (index / perDay) * DAY);
    expect(await started.connect().issues()).toEqual({ issues: [], complete });
  });
});
