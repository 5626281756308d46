import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/domain/alert/incident.ts";
import type { Decision } from "../../src/domain/decision.ts";
import { emptyForge } from "../../src/forge/empty.ts";
import { stepWithoutPlan } from "../../src/pass/step.ts";
import { foresee, planSummaryOf } from "../../src/reconcile/decisions.ts";
import { foreseenOutcomes } from "../../src/reconcile/outcomes.ts";
import { pullRequest } from "../support/forge/pull-request.ts";

const pull = pullRequest();
const shown = { number: pull.number, url: pull.url, branch: pull.branch, head: pull.head };
const issue: Issue = {
  ...{ number: 9, id: "9", url: "issue/9", key: "k", title: "t", body: "b", state: "open" },
  ...{ closedByBot: false, createdAt: 0, endedAt: undefined },
};
const report = { key: "k", title: "t", body: "b", labels: [] };

const DECISIONS: readonly (readonly [Decision, summary: string, result: object])[] = [
  [{ kind: "open" }, "would open", { kind: "opened" }],
  [
    { kind: "update", pull, reason: "stale-base" },
    "would update",
    { kind: "updated", reason: "stale-base", pull: shown },
  ],
  [{ kind: "close", pull, reason: "resolved" }, "would close", { kind: "closed", reason: "resolved", pull: shown }],
  [{ kind: "merge", pull }, "would merge", { kind: "merged", reason: "low-risk", pull: shown }],
  [
    { kind: "hands-off", pull, comment: true },
    "left to its author",
    { kind: "skipped", reason: "person-edited-the-branch", pull: shown },
  ],
  [
    { kind: "unchanged", pull, reason: "up-to-date" },
    "open, up to date",
    { kind: "unchanged", reason: "up-to-date", pull: shown },
  ],
  [
    { kind: "skip", pull: undefined, reason: "outside-schedule" },
    "would skip",
    { kind: "skipped", reason: "outside-schedule" },
  ],
  [{ kind: "open-issue", report, reason: "question" }, "would open an issue", { kind: "opened", reason: "question" }],
  [
    { kind: "update-issue", issue, report, reason: "report" },
    "would update its issue",
    { kind: "updated", reason: "report", issue: { number: 9, url: "issue/9" } },
  ],
  [
    { kind: "close-issue", issue, sentence: "It ended.", reason: "resolved" },
    "would close its issue",
    { kind: "closed", reason: "resolved", issue: { number: 9, url: "issue/9" } },
  ],
  [
    { kind: "keep-issue", issue, reason: "up-to-date" },
    "would keep its issue",
    { kind: "unchanged", reason: "up-to-date", issue: { number: 9, url: "issue/9" } },
  ],
];

describe("every kind of decision", () => {
  test.each(DECISIONS)("%o", (decision, summary, result) => {
    expect(planSummaryOf(decision)).toBe(summary);
    expect(foresee(decision)).toEqual(result);
  });

  test("an outcome is about each agent, or about the tenant where there is none", () => {
    const ofTenant = { cause: { kind: "drift", scope: { kind: "tenant", tenant: "acme" } } } as const;
    const agents = (keys: readonly string[]) =>
      foreseenOutcomes(stepWithoutPlan({ ...ofTenant, agents: keys }, { kind: "open" })).map(({ agent }) => agent);
    expect(agents(["acme/a", "acme/b"])).toEqual(["acme/a", "acme/b"]);
    expect(agents([])).toEqual(["acme/*"]);
  });

  test("an empty forge refuses every write", async () => {
    await expect(emptyForge("").close(pull, "")).rejects.toThrow("working folder");
  });
});
