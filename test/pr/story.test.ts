import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/domain/alert/alert.ts";
import type { Evidence } from "../../src/domain/alert/evidence.ts";
import type { IncidentDetails, Issue } from "../../src/domain/alert/incident.ts";
import { decodeIssueMarker } from "../../src/domain/alert/issue-marker.ts";
import { Config } from "../../src/domain/kinds/kinds.ts";
import { LONGEST_BODY } from "../../src/pr/body/body.ts";
import { proposeIssue, updatedIssueOf } from "../../src/pr/issue.ts";
import { decodeMarker, withoutMarker } from "../../src/pr/marker.ts";
import { propose } from "../../src/pr/propose.ts";
import { saysResolved, withoutResolvedNote, withResolvedNote } from "../../src/pr/resolved-note.ts";
import { expectGolden } from "../support/golden.ts";
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
      name: "log",
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

function story(text = "", changed: Partial<IncidentDetails> = {}): IncidentDetails {
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

const proposed = (one: IncidentDetails) => propose(changes, verdict, { config, tenants: new Map(), incident: one });

describe("what a reviewer reads of an incident", () => {
  test("reads as it should", () => {
    const key = "raos/alert/acme/triage/production/out-of-memory";
    const report = proposeIssue(
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
    const report = proposeIssue(story(` ${text}`), { kind: "question", reasons: [text] }, "raos/alert/a/b/c/d");
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
        expect(body.length).toBeLessThanOrEqual(LONGEST_BODY);
        expect(dangers(body)).toEqual([]);
        expect(decodeMarker(body)).toEqual(marker);
        const report = proposeIssue(
          one,
          { kind: "denied", reasons: Array.from({ length: times }, () => text) },
          "raos/x",
        );
        expect(report.body.length).toBeLessThanOrEqual(LONGEST_BODY);
      }),
      { numRuns: 30 },
    );
  });
});

describe("an issue about evidence that a source refused", () => {
  const missing = (name: string, source: "Prometheus" | "Loki", status: 401 | 403): Evidence => ({
    ...{ kind: "missing", id: name, name, query: "x", reason: "refused", message: `it answered ${status}` },
    refusal: { source, status },
  });
  const paragraphs = (kind: "question" | "report" | "unresolved" | "denied", evidence: readonly Evidence[]) => {
    const reasons = ["no model is configured"];
    return proposeIssue(story("", { finding: undefined, evidence }), { kind, reasons }, "raos/x").body.split("\n\n");
  };
  const PROMETHEUS =
    "**Prometheus answered 401**, so RAOS could not read `memory` and `restarts`. Set `PROMETHEUS_TOKEN`, or `PROMETHEUS_USERNAME` with `PROMETHEUS_PASSWORD`, beside `PROMETHEUS_URL`, in the environment of RAOS; where Prometheus holds several tenants, set `spec.prometheus.tenant` in `raos.yaml`.";
  const LOKI =
    "**Loki answered 403**, so RAOS could not read `log`. Let the credential of RAOS read it, or set another: `LOKI_TOKEN`, or `LOKI_USERNAME` with `LOKI_PASSWORD`, beside `LOKI_URL`, in the environment of RAOS; where Loki holds several tenants, set `spec.loki.tenant` in `raos.yaml`.";
  const REFUSED = [
    ...[missing("memory", "Prometheus", 401), missing("log", "Loki", 403), missing("restarts", "Prometheus", 401)],
  ];

  test.each(["question", "report", "unresolved"] as const)("says first what to set: %s", (kind) => {
    const [lead, ...rest] = paragraphs(kind, REFUSED);
    expect(lead).toContain("fires for");
    expect(rest.slice(0, 2)).toEqual([PROMETHEUS, LOKI]);
    // Without evidence nothing could answer, so it is not said that no model is configured.
    expect(rest.indexOf("- no model is configured")).toBe(kind === "question" ? -1 : 3);
    const until = "Until it can be read, no rule has an answer: a person has to look at this.";
    expect(rest[2] === until).toBe(kind === "question");
  });

  test("says what a source has in place of what was asked for", () => {
    const instead = "Prometheus has no series of mem";
    const empty: Evidence = {
      ...{ kind: "missing", id: "e1", name: "memory", query: "x", reason: "empty", message: "there is no data" },
      instead,
    };
    const [, why, ...rest] = paragraphs("report", [empty]);
    expect(why).toBe(`**Nothing was found** for \`memory\`: ${instead}.`);
    expect(rest.join("\n")).toContain(`**unavailable**: there is no data; ${instead}`);
  });

  test("says why a source was not asked at all", () => {
    const message = "PROMETHEUS_TOKEN is sent only where the environment says so: set PROMETHEUS_URL";
    const withheld: Evidence = {
      ...{ kind: "missing", id: "e1", name: "memory", query: "x", reason: "refused", message },
      refusal: { source: "Prometheus", status: "withheld" },
    };
    const [, why] = paragraphs("question", [withheld]);
    expect(why).toMatch(/^\*\*RAOS did not ask Prometheus\*\*, so it could not read `memory`: PROMETHEUS/);
  });

  test("says nothing of it where a change was found, or evidence is missing for another reason", () => {
    expect(paragraphs("denied", REFUSED).join()).not.toContain("answered 401**");
    const slow = {
      kind: "missing",
      id: "e1",
      name: "memory",
      query: "x",
      reason: "timed-out",
      message: "slow",
    } as const;
    expect(paragraphs("question", [slow]).join()).not.toContain("answered");
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
  const report = proposeIssue(story(), { kind: "report", reasons: [] }, key);
  const issue: Issue = {
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
    expect(updatedIssueOf(issue, story())).toBeUndefined();
  });

  test("tells of more that fires, and keeps what was found out", () => {
    const alerts = [...story().incident.alerts, alert({ fingerprint: "3" })];
    const renewed = updatedIssueOf(issue, { ...story(), incident: { ...story().incident, alerts } });
    expect(renewed?.body.split("\n\n")[0]).toMatch(/^`AgentOutOfMemory` \(3 alerts\) fires for `acme\/triage`/);
    expect(renewed?.body.split("\n\n").slice(1, -1)).toEqual(report.body.split("\n\n").slice(1, -1));
    // It is renewed again and again, and what somebody wrote below it stays.
    const again = { ...issue, title: renewed?.title ?? "", body: `${renewed?.body}\n\nWe know.` };
    expect(updatedIssueOf(again, story())?.body).toBe(`${report.body}\n\nWe know.`);
  });

  test("whose first words a person rewrote is the person's", () => {
    expect(
      updatedIssueOf({ ...issue, body: `We know.\n\n${issue.body}` }, story("", { agents: ["acme/a", "acme/b"] })),
    ).toBeUndefined();
  });
});
