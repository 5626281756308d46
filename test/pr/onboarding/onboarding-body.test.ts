import * as fc from "fast-check";
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { type OnboardingReport, onboardingBody } from "../../../src/pr/onboarding/onboarding-body.ts";

const REPORT: OnboardingReport = {
  found: {
    specs: ["agents/acme/triage.yaml"],
    agents: ["acme/triage"],
    delivery: { kind: "unknown" },
    environments: { names: ["staging", "production"], places: [] },
  },
  configuration: "kind: Config\n",
  added: ["raos.yaml", "charts/agent/Chart.yaml", "clusters/staging/raos.yaml"],
  forecasts: [{ kind: "opens", title: "Deploy acme/triage", isReviewed: false }],
  more: 0,
  limits: { openPulls: 20, pullsPerHour: 30 },
  problems: [],
};
const ROOM = 60_000;

describe("what an onboarding pull request says", () => {
  test.each<[string, Partial<OnboardingReport>, string]>([
    ["nothing shows what deploys it", {}, "for Argo CD write `delivery: argocd`"],
    ["no environment is named", {}, "`staging` and `production` are a suggestion"],
    [
      "Argo CD, with its URL",
      { found: { ...REPORT.found, delivery: { kind: "argocd", files: ["a.yaml"], repoURL: "https://x/y" } } },
      "Make sure that this is the URL",
    ],
    ["limits", {}, "At most 20 are open at a time and 30 are opened in an hour"],
    [
      "what guardrails deny",
      { forecasts: [{ kind: "denied", subject: "acme/triage", message: "no: too large" }] },
      "Guardrails deny:\n\n- `acme/triage`: no: too large",
    ],
    ["nothing that can be deployed", { forecasts: [] }, "no pull request follows yet"],
    ["very many", { more: 70 }, "71 pull requests would follow"],
    [
      "Problems with their places",
      { problems: [{ file: "agents/a/b.yaml", line: 3, column: 5, pointer: "/spec/x", message: "is wrong" }] },
      "- `agents/a/b.yaml:3:5` `/spec/x`: is wrong",
    ],
  ])("%s", (_, changed, expected) => {
    expect(onboardingBody({ ...REPORT, ...changed }, ROOM)).toContain(expected);
  });

  test("fits and stays text, whatever people wrote", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 600 }),
      fc.constantFrom("@".repeat(600), "<img src=x onerror=a>", "](http://evil) @acme/all", "```\n# x", "|a|`b`"),
    );
    const problem = fc.record({ file: text, line: fc.nat(), column: fc.nat(), pointer: text, message: text });
    const opens = fc.record({ kind: fc.constant("opens" as const), title: text, isReviewed: fc.boolean() });
    const denied = fc.record({ kind: fc.constant("denied" as const), subject: text, message: text });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 40 }),
        fc.array(fc.oneof(opens, denied), { maxLength: 120 }),
        fc.array(problem, { maxLength: 120 }),
        (specs, forecasts, problems) => {
          const body = onboardingBody(
            { ...REPORT, found: { ...REPORT.found, specs, agents: [] }, forecasts, problems },
            ROOM,
          );
          expect(body.length).toBeLessThanOrEqual(ROOM);
          const html = marked.parse(body, { async: false, gfm: true });
          expect(html).not.toMatch(/<(img|script|a|h1|iframe)\b/i);
        },
      ),
      { numRuns: 60 },
    );
  });
});
