import { expect, test } from "vitest";
import type { Issue } from "../../../src/domain/alert/incident.ts";
import type { ChangeRecord } from "../../../src/pr/record/change-record.ts";
import { reportDelivery } from "../../../src/pr/record/delivery-report.ts";
import { reportMarkdown } from "../../../src/pr/record/report-text.ts";

const DAY = 86_400_000;
const SINCE = Date.parse("2026-06-01T00:00:00Z");
const facts = { since: SINCE, until: SINCE + 10 * DAY, issues: [], askedAt: new Map() };

function record(number: number, changed: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    ...{ number, openedAt: SINCE + DAY, result: "merged", endedAt: SINCE + DAY + 3_600_000, source: "drift" },
    ...{ isAlert: false, tenant: "acme", agent: "acme/triage", takesBack: undefined, spent: undefined },
    became: undefined,
    ...changed,
  };
}

function issue(createdAt: number, endedAt: number | undefined): Issue {
  const state = endedAt === undefined ? "open" : "closed";
  return { number: 1, id: "1", url: "", key: "k", title: "", body: "", state, closedByBot: true, createdAt, endedAt };
}

test("nothing happened: no figure is made up", () => {
  const report = reportDelivery({ ...facts, records: [] });
  expect(report).toEqual({
    since: "2026-06-01T00:00:00.000Z",
    deployments: { count: 0, perDay: 0 },
    leadTimeSeconds: { median: undefined },
    changeFailureRate: undefined,
    timeToRestoreSeconds: { median: undefined },
    remedies: [],
    model: { tokens: 0, dollars: 0 },
  });
  expect(reportMarkdown(report)).toContain("No pull request was opened, merged or refused.");
});

test("a merge is a deployment; one that was taken back failed, and the merge that takes it back is a deployment, too", () => {
  const { deployments, changeFailureRate } = reportDelivery({
    ...facts,
    records: [
      record(1),
      record(2),
      record(3),
      record(4, { source: "regression", takesBack: 2 }),
      record(5, { takesBack: 3, result: "refused" }),
    ],
  });
  expect([deployments, changeFailureRate]).toEqual([{ count: 4, perDay: 0.4 }, 0.25]);
});

test("the lead time counts from the commit that asked for it, where that is known", () => {
  const askedAt = new Map([[1, SINCE]]);
  const { leadTimeSeconds } = reportDelivery({ ...facts, askedAt, records: [record(1)] });
  expect(leadTimeSeconds.median).toBe(86_400 + 3600);
  expect(reportDelivery({ ...facts, records: [record(1)] }).leadTimeSeconds.median).toBe(3600);
  // A commit with a clock ahead of the forge's gives no negative time.
  const ahead = new Map([[1, SINCE + 9 * DAY]]);
  expect(reportDelivery({ ...facts, askedAt: ahead, records: [record(1)] }).leadTimeSeconds.median).toBe(0);
});

test("an incident is restored when its issue is closed, or its pull request merged", () => {
  const { timeToRestoreSeconds } = reportDelivery({
    ...facts,
    records: [record(1, { isAlert: true, source: "out-of-memory" })],
    issues: [issue(SINCE, SINCE + 3 * 3_600_000), issue(SINCE, undefined), issue(SINCE - 9 * DAY, SINCE - DAY)],
  });
  expect(timeToRestoreSeconds.median).toBe(2 * 3600);
});

test("what lies outside of the time is not counted", () => {
  const before = { openedAt: SINCE - 2 * DAY, endedAt: SINCE - DAY };
  const { deployments, remedies } = reportDelivery({
    ...facts,
    records: [
      record(1, before),
      record(2, { openedAt: SINCE - DAY }),
      record(3, { result: "open", endedAt: undefined }),
    ],
  });
  expect(deployments.count).toBe(1);
  expect(remedies).toEqual([
    { remedy: "drift", tenant: "acme", proposed: 1, merged: 1, refused: 0, verified: 0, worse: 0, reverted: 0 },
  ]);
});

test("each remedy in each tenant has a row, and what models cost is added up", () => {
  const spent = { tokens: 1200, dollars: 0.0125 };
  const report = reportDelivery({
    ...facts,
    records: [
      record(1, { isAlert: true, source: "out-of-memory", spent }),
      record(2, { isAlert: true, source: "out-of-memory", result: "refused" }),
      record(3, { isAlert: true, source: "out-of-memory", tenant: "bank", agent: "bank/desk", spent }),
    ],
  });
  expect(report.remedies.map(({ remedy, tenant, merged, refused }) => [remedy, tenant, merged, refused])).toEqual([
    ["out-of-memory", "acme", 1, 1],
    ["out-of-memory", "bank", 1, 0],
  ]);
  expect(report.model).toEqual({ tokens: 2400, dollars: 0.025 });
  expect(reportMarkdown(report)).toBe(`## Delivery since 2026-06-01

| what | since then |
|---|---|
| deployments | 2 (0.2 a day) |
| lead time, median | 1 h 0 min |
| deployments taken back | 0.0 % |
| time to restore, median | 1 h 0 min |

| cause | tenant | proposed | merged | refused | verified | worse | reverted |
|---|---|---:|---:|---:|---:|---:|---:|
| \`out-of-memory\` | \`acme\` | 2 | 1 | 1 | 0 | 0 | 0 | 0 | 0 |
| \`out-of-memory\` | \`bank\` | 1 | 1 | 0 | 0 |

Models took 2400 tokens, for $0.03.
`);
});
