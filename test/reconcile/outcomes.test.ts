import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/domain/decision.ts";
import type { Step } from "../../src/pass/step.ts";
import { stepWithoutPlan } from "../../src/pass/step.ts";
import { byAgent, foreseenOutcomes, outcomesOf } from "../../src/reconcile/outcomes.ts";
import { pullRequest } from "../support/forge/pull-request.ts";

const AGENT = {
  cause: { kind: "drift", scope: { kind: "agent", agent: "acme/triage" } },
  agents: ["acme/triage"],
} as const;
const TENANT = { cause: { kind: "drift", scope: { kind: "tenant", tenant: "acme" } }, agents: [] } as const;
const ALERT = {
  cause: { kind: "alert", agent: "acme/*", remedy: "out-of-memory", environment: "production" },
  agents: ["acme/a", "acme/b"],
} as const;
const OPEN = stepWithoutPlan(AGENT, { kind: "open" });
const DENIAL = {
  kind: "deny",
  violations: [{ guardrail: "egress", message: "too wide", agent: "acme/triage", environment: undefined }],
  warnings: [],
} as const;
const PROBLEM = { file: "a.yaml", line: 1, column: 1, pointer: "", message: "no" };

function changes(step: Step, problems: readonly (typeof PROBLEM)[]): Step {
  const { cause, agents } = step;
  return { ...step, changes: { cause, base: "", agents, edits: [], files: [], changes: [], problems } };
}

describe("what is foreseen of a step", () => {
  const pull = pullRequest();
  const shown = { number: pull.number, url: pull.url, branch: pull.branch, head: pull.head };
  test.each<readonly [title: string, step: Step, outcome: Omit<Outcome, "cause" | "agent">]>([
    ["what its decision does", OPEN, { kind: "opened" }],
    ["its Problems, before its decision", changes(OPEN, [PROBLEM]), { kind: "problem", problems: [PROBLEM] }],
    ["its denial, before its decision", { ...OPEN, verdict: DENIAL }, { kind: "denied", reason: "egress: too wide" }],
    [
      "the pull request that stays",
      stepWithoutPlan(AGENT, { kind: "unchanged", pull, reason: "up-to-date" }),
      { kind: "unchanged", reason: "up-to-date", pull: shown },
    ],
    [
      "why it is skipped",
      stepWithoutPlan(AGENT, { kind: "skip", reason: "limits.openPulls", pull: undefined }),
      { kind: "skipped", reason: "limits.openPulls" },
    ],
  ])("%s", (_, step, outcome) => {
    expect(foreseenOutcomes(step)).toEqual([{ cause: "drift", agent: "acme/triage", ...outcome }]);
  });

  test("a denied change that becomes an issue is foreseen as the issue", () => {
    const report = { key: "k", title: "t", body: "b", labels: [] };
    const step = { ...stepWithoutPlan(ALERT, { kind: "open-issue", report, reason: "denied" }), verdict: DENIAL };
    expect(foreseenOutcomes(step).map(({ kind, reason }) => [kind, reason])).toEqual([
      ["opened", "denied"],
      ["opened", "denied"],
    ]);
  });
});

describe("whom an outcome is about", () => {
  test.each([
    [
      "each agent of an alert, with its remedy",
      ALERT,
      [
        { cause: "alert", agent: "acme/a", remedy: "out-of-memory" },
        { cause: "alert", agent: "acme/b", remedy: "out-of-memory" },
      ],
    ],
    ["a tenant, where only its own objects change", TENANT, [{ cause: "drift", agent: "acme/*" }]],
    [
      "nobody by name",
      { cause: { kind: "request", id: "r" }, agents: [] } as const,
      [{ cause: "request", agent: "*" }],
    ],
  ])("%s", (_, subject, expected) => {
    const outcomes = outcomesOf(stepWithoutPlan(subject, { kind: "open" }), { kind: "opened" });
    expect(outcomes).toEqual(expected.map((about) => ({ ...about, kind: "opened" })));
  });
});

test("outcomes are listed by agent", () => {
  const outcomes = ["b/x", "*", "a/y", "a/x"].map((agent): Outcome => ({ cause: "drift", agent, kind: "opened" }));
  expect(outcomes.sort(byAgent).map(({ agent }) => agent)).toEqual(["*", "a/x", "a/y", "b/x"]);
});
