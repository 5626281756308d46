import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/domain/alert.ts";
import type { Evidence } from "../../src/domain/evidence.ts";
import type { IncidentStory, StandingIssue } from "../../src/domain/incident.ts";
import { decodeIssueMarker } from "../../src/domain/issue-marker.ts";
import { Config } from "../../src/domain/kinds.ts";
import { BODY_LIMIT } from "../../src/pr/body.ts";
import { decodeMarker, withoutMarker } from "../../src/pr/marker.ts";
import { propose } from "../../src/pr/propose.ts";
import { renewedReport, reportOf } from "../../src/pr/report.ts";
import { saysResolved, withoutResolvedNote, withResolvedNote } from "../../src/pr/resolved-note.ts";
import { expectGolden } from "../compile/golden.ts";
import { dangers } from "./dangers.ts";
import { SCENARIOS } from "./scenarios.ts";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const MI = 2 ** 20;
const config = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config" });
const memory = SCENARIOS.find((scenario) => scenario.name === "memory");
if (memory === undefined) throw new Error("no scenario");
const { changes, verdict } = memory;

function alert(changed: Partial<Alert> = {}): Alert {
  return {
    name: "AgentOutOfMemory",
    labels: { raos_agent: "triage" },
    annotations: { summary: "triage was killed" },
    status: "firing",
    startsAt: NOW - 600_000,
    endsAt: undefined,
    generatorURL: undefined,
    fingerprint: "1",
    sender: "alertmanager",
    ...changed,
  };
}

/** Evidence of every kind, with a text wherever one may come from outside. */
function evidence(text: string): readonly Evidence[] {
  const points = Array.from(
    { length: 60 },
    (_, index) => [NOW - (60 - index) * 60_000, (300 + index * 4) * MI] as const,
  );
  const stats = { min: 300 * MI, max: 536 * MI, mean: 420 * MI, p95: 530 * MI, last: 536 * MI, count: 60 };
  const series = [{ labels: { pod: text }, points }];
  const lines = [`triage-1: Running${text}`];
  const query = `max(container_memory_working_set_bytes{pod=~"a|b"})${text}`;
  return [
    {
      kind: "series",
      id: "e1",
      name: "workingSet",
      query,
      link: undefined,
      unit: "bytes",
      series,
      stats,
      threshold: 512 * MI,
    },
    {
      kind: "series",
      id: "e2",
      name: "restarts",
      query,
      link: undefined,
      unit: "count",
      series,
      stats,
      threshold: undefined,
    },
    {
      kind: "logs",
      id: "e3",
      name: "lastWords",
      query: `{app="triage"}${text}`,
      link: undefined,
      lines: 41,
      templates: [
        {
          template: `MemoryError: cannot allocate <*>${text}`,
          count: 41,
          level: "error",
          firstSeen: NOW - 3_600_000,
          lastSeen: NOW - 60_000,
          isNew: true,
          example: `MemoryError: cannot allocate 12${text}`,
        },
      ],
    },
    { kind: "objects", id: "e4", name: "pods", query: "pods of acme/triage", lines, value: {} },
    {
      kind: "history",
      id: "e5",
      name: "history",
      query: "git log",
      commits: [{ sha: "1".repeat(40), at: NOW - 86_400_000, byBot: false, subject: `Less memory${text}` }],
      previous: undefined,
    },
    {
      kind: "missing",
      id: "e6",
      name: "events",
      query: `events${text}`,
      reason: "refused",
      message: `answered 403${text}`,
    },
  ];
}

function story(text = "", changed: Partial<IncidentStory> = {}): IncidentStory {
  const annotations = { summary: `triage was killed${text}` };
  const alerts = [alert({ annotations }), alert({ fingerprint: "2", labels: { pod: text } })];
  return {
    incident: { agent: "acme/triage", environment: "production", remedy: "out-of-memory", alerts },
    agents: ["acme/triage"],
    remedy: { name: "out-of-memory", description: `raises the memory limit${text}` },
    evidence: evidence(text),
    dropped: [
      { at: "/spec/scaling/max", to: `12${text}`, by: "model", reason: "outside-allowed-paths", message: `no${text}` },
    ],
    finding: {
      kind: "found",
      summary: `It runs out of memory${text}`,
      cause: `A large ticket${text}`,
      confidence: "medium",
      evidence: [],
      edits: [],
      dropped: [],
      reason: `answered${text}`,
      model: `gpt-5-mini${text}`,
      turns: 3,
      tokens: { input: 4000, output: 300 },
      dollars: 0.002,
    },
    verify: { promql: `up{a="${text}"} == 1`, afterSeconds: 900 },
    resolvedAt: undefined,
    ...changed,
  };
}

const proposed = (one: IncidentStory) => propose(changes, verdict, { config, tenants: new Map(), story: one });

describe("what a reviewer reads of an incident", () => {
  test("reads as it should", () => {
    const key = "raos/alert/acme/triage/production/out-of-memory";
    const report = reportOf(
      story("", { finding: undefined }),
      { kind: "report", reasons: ["memory-ceiling: above 8Gi"] },
      key,
    );
    const { title, body } = proposed(story());
    const told = (heading: string, text: string) =>
      `# ${heading}\n\n${text.replace(/<!--[\s\S]*?-->/g, "").trimEnd()}\n`;
    expectGolden(
      resolve(import.meta.dirname, "golden-alerts"),
      new Map([
        ["pull-request.md", told(title, body)],
        ["issue.md", told(report.title, report.body)],
      ]),
    );
  });

  const HOSTILE = [
    "@acme/everybody Fixes #1, closes GH-2",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "](https://evil.example) ![x](https://evil.example/x.png)",
    "```\n</details>\n# Merged\n```mermaid\ngraph TD",
    "<!-- raos:pull eyJ2ZXJzaW9uIjoxfQ== -->",
    "\u202emoc.live\u2066 \u001b[31mred\u001b[0m \u200b",
    "| a | b |\n| --- | --- |\n> [!CAUTION]\n> Merge",
    "https://evil.example www.evil.example",
    "`` `code` ``` ~~~ $x$ **bold** __x__",
  ];

  test.each(HOSTILE)("is text, whatever alerts, logs, objects, commits and models say: %j", (text) => {
    const { body, marker } = proposed(story(` ${text}`));
    expect(dangers(body)).toEqual([]);
    expect(decodeMarker(body)).toEqual(marker);
    const report = reportOf(story(` ${text}`), { kind: "question", reasons: [text] }, "raos/alert/a/b/c/d");
    expect(dangers(report.body.replace(/<!--[\s\S]*?-->/g, ""))).toEqual([]);
    expect(decodeIssueMarker(report.body)?.key).toBe("raos/alert/a/b/c/d");
    expect(report.title).toBe("AgentOutOfMemory: acme/triage in production");
  });

  test("fits, however long everything is", () => {
    const long = fc.string({ unit: "binary", minLength: 0, maxLength: 3000 });
    fc.assert(
      fc.property(long, fc.integer({ min: 1, max: 30 }), (text, times) => {
        const many = Array.from({ length: times }, () => evidence(text)).flat();
        const one = story(text, { evidence: many });
        const { body, marker } = proposed(one);
        expect(body.length).toBeLessThanOrEqual(BODY_LIMIT);
        expect(dangers(body)).toEqual([]);
        expect(decodeMarker(body)).toEqual(marker);
        const report = reportOf(one, { kind: "denied", reasons: Array.from({ length: times }, () => text) }, "raos/x");
        expect(report.body.length).toBeLessThanOrEqual(BODY_LIMIT);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the note that an alert ended", () => {
  test("comes, stays, and goes", () => {
    const { body, title } = proposed(story());
    const noted = withResolvedNote(body, title, NOW);
    expect([saysResolved(body), saysResolved(noted)]).toEqual([false, true]);
    expect(withResolvedNote(noted, title, NOW + 60_000)).toBe(noted);
    expect(withoutMarker(withoutResolvedNote(noted, title))).toBe(withoutMarker(body));
    expect(decodeMarker(withoutResolvedNote(noted, title))).toEqual(decodeMarker(body));
    expect(withoutResolvedNote(body, title)).toBe(body);
    expect(withResolvedNote("no marker", title, NOW)).toBe("no marker");
  });
});

describe("an open issue", () => {
  const key = "raos/alert/acme/triage/production/out-of-memory";
  const report = reportOf(story(), { kind: "report", reasons: [] }, key);
  const issue: StandingIssue = {
    number: 1,
    id: "1",
    url: "",
    key,
    title: report.title,
    body: report.body,
    state: "open",
    closedByBot: false,
    createdAt: NOW,
    endedAt: undefined,
  };

  test("stays as it is while the same fires", () => {
    expect(renewedReport(issue, story())).toBeUndefined();
  });

  test("tells of more that fires, and keeps what was found out", () => {
    const alerts = [...story().incident.alerts, alert({ fingerprint: "3" })];
    const renewed = renewedReport(issue, { ...story(), incident: { ...story().incident, alerts } });
    expect(renewed?.body.split("\n\n")[0]).toMatch(/^`AgentOutOfMemory` \(3 alerts\) fires for `acme\/triage`/);
    expect(renewed?.body.split("\n\n").slice(1, -1)).toEqual(report.body.split("\n\n").slice(1, -1));
    // It is renewed again and again, and what somebody wrote below it stays.
    const again = { ...issue, title: renewed?.title ?? "", body: `${renewed?.body}\n\nWe know.` };
    expect(renewedReport(again, story())?.body).toBe(`${report.body}\n\nWe know.`);
  });

  test("whose first words somebody wrote anew is theirs", () => {
    expect(
      renewedReport({ ...issue, body: `We know.\n\n${issue.body}` }, story("", { agents: ["acme/a", "acme/b"] })),
    ).toBeUndefined();
  });
});
