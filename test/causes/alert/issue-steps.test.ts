import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closeDuplicateIssue, issuesByKey } from "../../../src/causes/alert/issue-steps.ts";
import type { Issue } from "../../../src/domain/alert/incident.ts";

const KEY = "raos/alert/acme/triage/production/out-of-memory";

function issue(number: number, state: Issue["state"], createdAt = number, key = KEY): Issue {
  const fields = { id: String(number), url: "", title: "", body: "", closedByBot: false, endedAt: undefined };
  return { ...fields, number, key, state, createdAt };
}

const numbers = (issues: Iterable<Issue>) => [...issues].map(({ number }) => number);

describe("the issue of a key", () => {
  test.each([
    ["the oldest open one", [issue(1, "closed"), issue(3, "open"), issue(2, "open")], 2, [3]],
    ["the newest closed one, where none is open", [issue(2, "closed"), issue(1, "closed")], 2, []],
    ["of the same age, the lower number", [issue(5, "open", 7), issue(4, "open", 7)], 4, [5]],
  ])("is %s", (_, issues, number, duplicates) => {
    const found = issuesByKey(issues);
    expect(found.byKey.get(KEY)?.number).toBe(number);
    expect(numbers(found.duplicates)).toEqual(duplicates);
  });

  test("does not depend on the order of the list; every open issue is the one of its key or a duplicate", () => {
    const issues = fc.uniqueArray(
      fc.record({ number: fc.nat(50), isOpen: fc.boolean(), at: fc.nat(5), key: fc.constantFrom("a", "b") }),
      { selector: ({ number }) => number, maxLength: 12 },
    );
    fc.assert(
      fc.property(issues, (list) => {
        const all = list.map(({ number, isOpen, at, key }) => issue(number, isOpen ? "open" : "closed", at, key));
        const [one, other] = [issuesByKey(all), issuesByKey(all.toReversed())];
        expect(new Map(one.byKey)).toEqual(new Map(other.byKey));
        expect(numbers(one.duplicates).sort()).toEqual(numbers(other.duplicates).sort());
        const kept = [...one.byKey.values()].filter(({ state }) => state === "open");
        const open = all.filter(({ state }) => state === "open");
        expect(numbers([...kept, ...one.duplicates]).sort()).toEqual(numbers(open).sort());
      }),
    );
  });

  test("a duplicate is closed, and says that the older one stays", () => {
    expect([...closeDuplicateIssue(issue(3, "open"), "alert")]).toMatchObject([
      { agents: ["acme/triage"], decision: { kind: "close-issue", reason: "duplicate" } },
    ]);
    expect([...closeDuplicateIssue(issue(3, "open", 3, "not a branch"), "alert")]).toEqual([]);
    expect([...closeDuplicateIssue(issue(3, "open"), "tune")]).toEqual([]);
  });
});
