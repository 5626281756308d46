import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/domain/alert/evidence.ts";
import type { Json } from "../../src/domain/values/scalars.ts";
import { statsOf } from "../../src/observe/prometheus.ts";
import { applyRules, notesOf, type RemedySubject, thresholdOf } from "../../src/remedy/apply-rules.ts";
import { alertOf, BEGAN, ownAlert } from "../support/alerts/alert-of.ts";
import { remedyOf } from "../support/alerts/remedy-of.ts";

const alert = ownAlert("support/triage", { severity: "critical" });
const spec = {
  stage: "medium",
  scaling: { min: 3, max: 7 },
  runtime: {
    image: "ghcr.io/acme/triage:2",
    resources: { limits: { memory: "512Mi" } },
    env: [{ name: "A", value: "1" }],
  },
  labels: { "a/b": "x", "c~d": "y" },
};

function aboutOf(more: Partial<RemedySubject> = {}): RemedySubject {
  const incident = { agent: "support/triage", environment: "production", remedy: "mine", alerts: [alert] };
  return { incident, agent: "support/triage", environment: "production", namespace: "support-agents", spec, ...more };
}

function series(name: string, ...values: readonly number[]): Evidence {
  const list = [{ labels: {}, points: values.map((value, index) => [BEGAN + index, value] as const) }];
  const stats = statsOf(list);
  return {
    kind: "series",
    id: `e-${name}`,
    name,
    query: "",
    link: undefined,
    unit: "count",
    series: list,
    stats,
    threshold: undefined,
  };
}

function history(previous: Json | undefined): Evidence {
  const before = previous === undefined ? undefined : { sha: "a".repeat(40), spec: previous };
  return { kind: "history", id: "e-history", name: "history", query: "", commits: [], previous: before };
}

const missing: Evidence = { kind: "missing", id: "e-x", name: "x", query: "", reason: "timed-out", message: "" };
const PROMQL =
  "  evidence:\n    - {name: x, promql: up}\n    - {name: y, promql: up}\n    - {name: history, history: spec}\n    - {name: log, logql: up}\n    - {name: pods, kubernetes: pods}\n";

/** What an edit of a path comes to: the edits as `path: from → to`, the dropped as `path: reason`. */
function outcome(
  edit: string,
  evidence: readonly Evidence[] = [],
  about: Partial<RemedySubject> = {},
): readonly string[] {
  const remedy = remedyOf(`  on: {alerts: [AgentOutOfMemory]}\n${PROMQL}  edits:\n    - {why: So., ${edit}}\n`);
  const { edits, dropped } = applyRules(remedy, { ...aboutOf(about), evidence });
  return [
    ...edits.map(({ kind, at, from, to }) => {
      return `${at}: ${JSON.stringify(from)} → ${kind === "remove" ? "away" : JSON.stringify(to)}`;
    }),
    ...dropped.map(({ at, reason }) => `${at}: ${reason}`),
  ];
}

const max = (to: string, as = "integer") => `at: /spec/scaling/max, to: '${to}', as: ${as}`;

describe("what an edit's expression sees", () => {
  test.each([
    ["the value there is", max("current * 2"), "7 → 14"],
    ["the spec in effect", max("spec.scaling.min * 5"), "7 → 15"],
    ["numbers of a series", max("evidence.x.max + evidence.x.min + evidence.x.last + evidence.x.count"), "7 → 24"],
    ["the mean and the 95th percentile", max("evidence.x.mean + evidence.x.p95"), "7 → 16"],
    ["a whole number of a series as a fraction", max("evidence.y.max / 2 * 8"), "7 → 12"],
    ["whole numbers of the spec as whole numbers", max("spec.scaling.max / 2 * 4"), "7 → 12"],
    ["the alert", max('alert.name == "AgentOutOfMemory" && alert.labels.severity == "critical" ? 20 : 1'), "7 → 20"],
    [
      "the agent",
      max(
        'agent.key == "support/triage" && agent.name == "triage" && agent.tenant == "support" && agent.namespace == "support-agents" && agent.environment == "production" ? 20 : 1',
      ),
      "7 → 20",
    ],
  ])("%s", (_, edit, expected) => {
    expect(outcome(edit, [series("x", 2, 10), series("y", 3)])).toEqual([`/spec/scaling/max: ${expected}`]);
  });

  test("null where there is no value", () => {
    expect(outcome("at: /spec/model/maxConcurrency, to: 'current == null ? 4 : 5'")).toEqual([
      "/spec/model/maxConcurrency: undefined → 4",
    ]);
  });

  test("the oldest alert that fires", () => {
    const ended = alertOf({ alertname: "Old" }, { endsAt: BEGAN });
    const incident = { ...aboutOf().incident, alerts: [ended, alert, alertOf({ alertname: "Young" })] };
    expect(outcome(max('alert.name == "AgentOutOfMemory" ? 20 : 1'), [], { incident })).toEqual([
      "/spec/scaling/max: 7 → 20",
    ]);
  });

  test("logs, objects and the spec before", () => {
    const line = {
      template: "OOM <*>",
      count: 3,
      level: "error",
      firstSeen: 0,
      lastSeen: 0,
      isNew: true,
      example: "",
    } as const;
    const log: Evidence = {
      kind: "logs",
      id: "e-log",
      name: "log",
      query: "",
      link: undefined,
      lines: 3,
      templates: [line],
    };
    const pods: Evidence = {
      kind: "objects",
      id: "e-pods",
      name: "pods",
      query: "",
      lines: [],
      value: [{ restarts: 4 }],
    };
    const edit = max(
      'evidence.log.lines + evidence.pods[0].restarts + (evidence.log.templates.exists(t, t.isNew && t.template.contains("OOM")) ? evidence.history.previous.spec.scaling.max : 0)',
    );
    expect(outcome(edit, [log, pods, history({ scaling: { max: 5 } })])).toEqual(["/spec/scaling/max: 7 → 12"]);
  });
});

describe("an edit that is dropped", () => {
  test.each([
    ["its condition does not hold", "at: /spec/scaling/max, to: '20', when: 'current > 7'", "condition-false"],
    ["its condition is no yes or no", "at: /spec/scaling/max, to: '20', when: 'current'", "condition-false"],
    [
      "its condition cannot be worked out",
      "at: /spec/scaling/max, to: '20', when: 'spec.missing.deep > 1'",
      "expression-failed",
    ],
    ["its value cannot be", max("evidence.x.max"), "expression-failed"],
    ["it divides by nothing", max("current / 0"), "expression-failed"],
    ["it divides a fraction by nothing", max("evidence.y.max / 0.0"), "not-a-value"],
    ["it is no number", max("(evidence.y.max - evidence.y.max) / 0.0"), "not-a-value"],
    ["it is no number, as it is", max("evidence.y.max / 0.0", "json"), "not-a-value"],
    ["it is negative", max("0 - 3"), "not-a-value"],
    ["it is a text", max('"20"'), "not-a-value"],
    ["it is so already", max("7"), "same-as-now"],
    ["there is nothing to take away", "at: /spec/model/maxConcurrency", "same-as-now"],
    ["it is nearly so", max("8"), "below-20-percent"],
    ["a fraction rounds to what is there", max("6.5"), "same-as-now"],
  ])("since %s", (_, edit, reason) => {
    expect(outcome(edit, [series("y", 3)])).toEqual([expect.stringMatching(new RegExp(`: ${reason}$`))]);
  });

  test("says what it would have been, and why not", () => {
    const remedy = remedyOf(`  on: {alerts: [AgentOutOfMemory]}\n  edits:\n    - {why: So., ${max("8")}}\n`);
    expect(applyRules(remedy, { ...aboutOf(), evidence: [] }).dropped).toEqual([
      {
        at: "/spec/scaling/max",
        to: 8,
        by: "rule",
        reason: "below-20-percent",
        message: "the new value is less than 20 % from the present one",
      },
    ]);
  });

  test.each([
    ["is missing", [missing], "no-evidence"],
    ["was not looked at", [], "no-evidence"],
    ["is there", [series("x", 10)], "7 → 20"],
  ])("where the evidence it requires %s", (_, evidence, expected) => {
    const remedy = remedyOf(
      `  on: {alerts: [AgentOutOfMemory]}\n  evidence: [{name: x, promql: up, required: true}]\n  edits:\n    - {why: So., ${max("20")}}\n`,
    );
    const { edits, dropped } = applyRules(remedy, { ...aboutOf(), evidence });
    expect([...edits.map(({ from, to }) => `${from} → ${to}`), ...dropped.map(({ reason }) => reason)]).toEqual([
      expected,
    ]);
  });

  test("evidence that is missing is not there, and a guard is enough", () => {
    expect(outcome(max("has(evidence.x) ? 1 : 20"), [missing])).toEqual(["/spec/scaling/max: 7 → 20"]);
    expect(outcome(max("has(evidence.history.previous.spec.scaling) ? 1 : 20"), [history(undefined)])).toEqual([
      "/spec/scaling/max: 7 → 20",
    ]);
  });
});

describe("a remedy's own limits", () => {
  const limited = (to: string, limits: string) => outcome(`at: /spec/scaling/max, as: integer, to: "${to}", ${limits}`);

  test.each([
    ["lowers what is too large", "20", "most: '12'", "7 → 12"],
    ["raises what is too small", "1", "least: '3'", "7 → 3"],
    ["leaves what is between", "10", "most: '12', least: '3'", "7 → 10"],
    ["ends the climb", "20", "most: '7'", "beyond-remedys-limit"],
    ["never turns an edit round: most", "20", "most: '5'", "beyond-remedys-limit"],
    ["never turns an edit round: least", "1", "least: '9'", "beyond-remedys-limit"],
    ["allows no small last step", "20", "most: '8'", "beyond-remedys-limit"],
    ["reads the spec", "20", "most: 'spec.scaling.min * 3'", "7 → 9"],
    ["has to be a number", "20", "most: 'spec.stage'", "expression-failed"],
    ["has to be worked out", "20", "most: 'spec.missing.deep'", "expression-failed"],
  ])("%s", (_, to, limits, expected) => {
    expect(limited(to, limits)).toEqual([`/spec/scaling/max: ${expected}`]);
  });

  test("are quantities, too", () => {
    const at = "at: /spec/runtime/resources/limits/memory, as: memory, most: 'quantity(\"1Gi\")'";
    expect(outcome(`${at}, to: 'quantity(current) * 4'`)).toEqual([
      '/spec/runtime/resources/limits/memory: "512Mi" → "1Gi"',
    ]);
    expect(outcome(`at: /spec/scaling/min, as: integer, least: '1', to: 'current * 0.1'`)).toEqual([
      "/spec/scaling/min: 3 → 1",
    ]);
  });
});

describe("an edit", () => {
  test("names the evidence that its value and its condition read", () => {
    const remedy = remedyOf(
      `  on: {alerts: [AgentOutOfMemory]}\n${PROMQL}  edits:\n    - {why: So., at: /spec/scaling/max, to: "evidence.x.max", as: integer, when: "evidence.y.max > 1.0"}\n`,
    );
    const { edits } = applyRules(remedy, {
      ...aboutOf(),
      evidence: [series("x", 20), series("y", 3), history(undefined)],
    });
    expect(edits).toEqual([
      {
        kind: "set",
        agent: "support/triage",
        at: "/spec/scaling/max",
        from: 7,
        to: 20,
        why: "So.",
        by: "rule",
        evidence: ["e-x", "e-y"],
      },
    ]);
  });

  test("that rolls back says so", () => {
    const remedy = remedyOf(`  on: {alerts: [A]}\n  edits:\n    - {why: So., rollback: true, ${max("20")}}\n`);
    expect(applyRules(remedy, { ...aboutOf(), evidence: [] }).edits).toMatchObject([{ to: 20, rollback: true }]);
  });

  test.each([
    ["timed-out", "no-evidence"],
    ["unreachable", "kept"],
    ["not-configured", "kept"],
    ["empty", "kept"],
  ] as const)("a rollback that reads evidence which is %s: %s", (reason, fate) => {
    const edit = `rollback: true, when: "!has(evidence.x)", ${max("20")}`;
    const missing = { kind: "missing", id: "e1", name: "x", query: "", reason, message: "" } as const;
    const outcome = (text: string) => {
      const remedy = remedyOf(`  on: {alerts: [A]}\n${PROMQL}  edits:\n    - {why: So., ${text}}\n`);
      const { edits, dropped } = applyRules(remedy, { ...aboutOf(), evidence: [missing] });
      return dropped[0]?.reason ?? (edits.length === 1 ? "kept" : "lost");
    };
    expect(outcome(edit)).toBe(fate);
    expect(outcome(edit.replace("true", "false"))).toBe("kept");
  });

  test("that takes a value away", () => {
    expect(outcome("at: /spec/runtime/resources/limits")).toEqual([
      '/spec/runtime/resources/limits: {"memory":"512Mi"} → away',
    ]);
  });

  const formerly = (part: Json) => [history(part)];
  test("of a mapping is one for each value that differs", () => {
    const runtime = {
      image: "ghcr.io/acme/triage:1",
      resources: { limits: { memory: "512Mi", cpu: "1" } },
      port: 8080,
    };
    expect(outcome("at: /spec/runtime, to: evidence.history.previous.spec.runtime", formerly({ runtime }))).toEqual([
      '/spec/runtime/env: [{"name":"A","value":"1"}] → away',
      '/spec/runtime/image: "ghcr.io/acme/triage:2" → "ghcr.io/acme/triage:1"',
      "/spec/runtime/port: undefined → 8080",
      '/spec/runtime/resources/limits/cpu: undefined → "1"',
    ]);
  });

  test("of a mapping spells names as pointers do", () => {
    const labels = { "a/b": "1", "c~d": "2" };
    expect(outcome("at: /spec/labels, to: evidence.history.previous.spec.labels", formerly({ labels }))).toEqual([
      '/spec/labels/a~1b: "x" → "1"',
      '/spec/labels/c~0d: "y" → "2"',
    ]);
  });

  test("of a mapping takes names of JavaScript's own objects for names", () => {
    const odd = { labels: { constructor: "x", toString: "y" } };
    expect(
      outcome("at: /spec/labels, to: evidence.history.previous.spec.labels", formerly({ labels: { a: "1" } }), {
        spec: odd,
      }),
    ).toEqual([
      '/spec/labels/a: undefined → "1"',
      '/spec/labels/constructor: "x" → away',
      '/spec/labels/toString: "y" → away',
    ]);
  });
});

describe("where the line is drawn", () => {
  test.each([
    ["quantity(spec.runtime.resources.limits.memory)", 512 * 2 ** 20],
    ["double(spec.scaling.max)", 7],
    ["spec.scaling.max", 7],
    ['alert.labels.severity == "critical" ? 0.03 : 0.15', 0.03],
    ["spec.missing.deep", undefined],
    ['"7"', undefined],
    ["1.0 / 0.0", undefined],
  ])("%s → %s", (threshold, expected) => {
    const { evidence } = remedyOf(
      `  on: {alerts: [A]}\n  evidence: [{name: x, promql: up, threshold: '${threshold}'}]\n`,
    );
    expect(evidence.map((wanted) => thresholdOf(wanted, aboutOf()))).toEqual([expected]);
  });

  test("nowhere for what is not measured, or does not say", () => {
    const { evidence } = remedyOf(
      "  on: {alerts: [A]}\n  evidence: [{name: x, promql: up}, {name: h, history: spec}]\n",
    );
    expect(evidence.map((wanted) => thresholdOf(wanted, aboutOf()))).toEqual([undefined, undefined]);
  });
});

describe("a remedy's notes", () => {
  test("one that holds takes every edit back, where it is said", () => {
    const edits = "  edits:\n    - {at: /spec/scaling/max, to: '9', why: It is full.}\n";
    const notes = '  notes:\n    - {when: "evidence.x.max > 2.0", say: The node is ill., holds: true}\n';
    const remedy = remedyOf(`  on: {alerts: [AgentOutOfMemory]}\n${PROMQL}${edits}${notes}`);
    const outcome = (value: number) => applyRules(remedy, { ...aboutOf(), evidence: [series("x", value)] });
    expect(outcome(1).edits).toHaveLength(1);
    expect(outcome(3)).toEqual({
      edits: [],
      dropped: [
        {
          at: "/spec/scaling/max",
          to: undefined,
          by: "rule",
          reason: "held-by-remedy",
          message: "the remedy makes no edit here: The node is ill.",
        },
      ],
    });
  });

  const remedy = remedyOf(
    `  on: {alerts: [AgentOutOfMemory]}\n${PROMQL}  notes:\n    - {say: Always.}\n    - {when: "evidence.x.max > 2.0", say: Much.}\n    - {when: "spec.missing.deep > 1", say: Never.}\n`,
  );

  test("are said where their condition is true; one that fails counts as false", () => {
    expect(notesOf(remedy, { ...aboutOf(), evidence: [series("x", 3)] })).toEqual(["Always.", "Much."]);
    expect(notesOf(remedy, { ...aboutOf(), evidence: [series("x", 1)] })).toEqual(["Always."]);
    expect(notesOf(remedy, { ...aboutOf(), evidence: [] })).toEqual(["Always."]);
  });
});

test("expressions see what was measured, and what was sent", () => {
  const labels = { alertname: "A", namespace: "monitoring", container: "kube-state-metrics" };
  const exported = { exported_namespace: "support", exported_container: "agent" };
  const incident = {
    agent: "support/triage",
    environment: "production",
    remedy: "mine",
    alerts: [alertOf({ ...labels, ...exported })],
  };
  const to = 'alert.labels.container + "/" + alert.rawLabels.container + "/" + alert.labels.namespace';
  expect(outcome(`at: /spec/stage, to: '${to}'`, [], { incident })).toEqual([
    '/spec/stage: "medium" → "agent/kube-state-metrics/support"',
  ]);
});
