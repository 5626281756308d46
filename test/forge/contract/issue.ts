import { describe, expect, test } from "vitest";
import type { IssueProposal } from "../../../src/domain/alert/incident.ts";
import { change, proposal } from "../../support/forge/proposal.ts";
import { givenRepository, type MakeRepository } from "./test-repository.ts";

const KEY = "raos/alert/acme/triage/default/out-of-memory";

function marker(key: string): string {
  return `<!-- raos:issue ${Buffer.from(JSON.stringify({ version: 1, key })).toString("base64")} -->`;
}

function report({ key = KEY, title = "triage runs out of memory", words = "Why?" } = {}): IssueProposal {
  return { key, title, body: `${words}\n\n${marker(key)}`, labels: ["raos"] };
}

/** Issues, for what is not a pull request. */
export function issueContract(name: string, make: MakeRepository): void {
  describe(`${name} as a forge: issues`, () => {
    const given = givenRepository(make);

    test("has no issues at first", async () => {
      expect(await given.forge.issues()).toEqual({ issues: [], complete: true });
    });

    test("opens one, and lists it", async () => {
      const issue = await given.forge.openIssue(report());
      expect(issue).toMatchObject({
        key: KEY,
        title: "triage runs out of memory",
        body: report().body,
        state: "open",
        closedByBot: false,
        endedAt: undefined,
      });
      expect(await given.forge.issues()).toEqual({ issues: [issue], complete: true });
      expect(await given.repository.another().issues()).toEqual({ issues: [issue], complete: true });
    });

    test("opened twice it is one issue", async () => {
      const first = await given.forge.openIssue(report());
      const second = await given.repository.another().openIssue(report({ title: "Again" }));
      expect(second.number).toBe(first.number);
      expect((await given.forge.issues()).issues).toHaveLength(1);
    });

    test("opened beside pull requests, by two at once, each has a number of its own", async () => {
      const opened = await Promise.all(
        Array.from({ length: 24 }, (_, index) => {
          const by = index % 4 < 2 ? given.forge : given.repository.another();
          const files = [change(`deploy/${index}.yaml`, `agent: ${index}\n`)];
          return index % 2 === 0
            ? by.openIssue(report({ key: `raos/alert/acme/a/default/${index}` }))
            : by.open(proposal({ branch: `raos/alert/acme/a/default/${index}`, files }), given.base);
        }),
      );
      expect(new Set(opened.map(({ number }) => number)).size).toBe(24);
      expect((await given.forge.issues()).issues).toHaveLength(12);
      expect((await given.forge.pullRequests([])).pulls).toHaveLength(12);
    });

    test("updates title and body", async () => {
      const issue = await given.forge.openIssue(report());
      const now = await given.forge.updateIssue(issue, report({ title: "Better", words: "Because." }));
      expect(now).toMatchObject({ number: issue.number, title: "Better", body: report({ words: "Because." }).body });
      expect((await given.forge.issues()).issues).toEqual([now]);
    });

    test("closes with a sentence, and knows that it did; then another with its key may be opened", async () => {
      const issue = await given.forge.openIssue(report());
      await given.forge.closeIssue(issue, "Every alert has ended.");
      const { issues } = await given.forge.issues();
      expect(issues).toMatchObject([{ number: issue.number, state: "closed", closedByBot: true }]);
      expect(issues[0]?.endedAt).toBeGreaterThanOrEqual(issue.createdAt);
      expect((await given.forge.openIssue(report())).number).toBeGreaterThan(issue.number);
    });

    test("a person's close is theirs, also where the bot closes a moment later", async () => {
      const issue = await given.forge.openIssue(report());
      await given.repository.closeIssueAsPerson(issue.number);
      await given.forge.closeIssue(issue, "Every alert has ended.");
      expect((await given.forge.issues()).issues).toMatchObject([{ state: "closed", closedByBot: false }]);
    });

    test("numbers are one sequence with those of pull requests, whoever takes them", async () => {
      const other = given.repository.another();
      const made = [
        await given.forge.openIssue(report()),
        await given.forge.open(proposal({}), given.base),
        await other.openIssue(report({ key: "raos/alert/b" })),
        await given.forge.open(proposal({ branch: "raos/agent/acme/b" }), given.base),
        await given.forge.openIssue(report({ key: "raos/alert/c" })),
        await other.open(proposal({ branch: "raos/agent/acme/c" }), given.base),
      ];
      expect(new Set(made.map(({ number }) => number)).size).toBe(made.length);
      expect((await given.forge.pullRequests([])).pulls).toHaveLength(3);
      expect((await given.forge.pullRequests([])).complete).toBe(true);
      expect((await given.forge.issues()).issues).toHaveLength(3);
      const [issue] = made;
      expect(await given.forge.pull(issue?.number ?? 0)).toBeUndefined();
    });

    test("issues opened side by side are each their own", async () => {
      const keys = Array.from({ length: 8 }, (_, index) => `raos/alert/${index}`);
      const issues = await Promise.all(
        keys.map((key, index) =>
          (index % 2 === 0 ? given.forge : given.repository.another()).openIssue(report({ key })),
        ),
      );
      expect(new Set(issues.map(({ number }) => number)).size).toBe(8);
      expect(new Set((await given.forge.issues()).issues.map(({ key }) => key))).toEqual(new Set(keys));
    });

    test("takes hostile words as they are", async () => {
      const title = '$(touch x) `id` "; rm -rf / # Fixes #1 @acme/platform <b>\u202e';
      const words = `${marker("raos/alert/another")}\n@everyone Fixes #1 <!-- raos:closed -->`;
      const issue = await given.forge.openIssue(report({ title, words }));
      expect(issue).toMatchObject({ title, key: KEY, closedByBot: false });
      expect((await given.forge.issues()).issues).toEqual([issue]);
    });

    test.each([
      ["a body that is too long", report({ words: "x".repeat(65_536) })],
      ["a title that is too long", report({ title: "x".repeat(257) })],
      ["no title", report({ title: " " })],
      ["no marker", { ...report(), body: "Why?" }],
      ["another's marker", { ...report(), body: marker("raos/alert/another") }],
    ])("refuses %s", async (_, wanted) => {
      await expect(given.forge.openIssue(wanted)).rejects.toMatchObject({ name: "ForgeError", code: "invalid" });
      expect((await given.forge.issues()).issues).toEqual([]);
    });

    test("somebody else's issue is none of the bot's, whatever marker it has", async () => {
      if (given.repository.issueOfPerson === undefined) return;
      const theirs = await given.repository.issueOfPerson("Mine", report().body);
      expect(await given.forge.issues()).toEqual({ issues: [], complete: true });
      expect((await given.forge.openIssue(report())).number).not.toBe(theirs);
    });
  });
}
