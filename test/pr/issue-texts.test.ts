import { expect, test } from "vitest";
import type { IncidentDetails } from "../../src/domain/alert/incident.ts";
import { proposeIssue } from "../../src/pr/issue.ts";
import { alertOf } from "../support/alerts/alert-of.ts";

function detailsOf(more: Partial<IncidentDetails>): IncidentDetails {
  const alerts = [alertOf({ alertname: "KubeQuotaAlmostFull", namespace: "support", resourcequota: "support" })];
  return {
    incident: { agent: "support/triage", environment: "production", remedy: "quota-nearly-full", alerts },
    agents: ["support/triage"],
    remedy: { name: "quota-nearly-full", description: "" },
    evidence: [],
    dropped: [],
    finding: undefined,
    verify: undefined,
    resolvedAt: undefined,
    ...more,
  };
}

const report = { kind: "report", reasons: ["A reason."] } as const;

test("an issue about a whole tenant names the tenant, and no agent that stands for it", () => {
  const { title, body } = proposeIssue(detailsOf({ agents: ["support/*"] }), report, "raos/alert/x");
  expect(title).toBe("KubeQuotaAlmostFull: tenant support in production");
  expect(body).toContain("`KubeQuotaAlmostFull` fires for the tenant `support` in **production**");
  expect(body).not.toContain("triage");
});

test("an alert's message tells what happened where it has no summary, as in Flux' notifications", () => {
  const annotations = { message: "Helm upgrade failed: timed out waiting for the condition" };
  const alerts = [alertOf({ alertname: "FluxHelmReleaseUpgradefailed", name: "support.triage" }, { annotations })];
  const incident = { agent: "support/triage", environment: "production", remedy: "delivery-failed", alerts };
  expect(proposeIssue(detailsOf({ incident }), report, "raos/alert/x").body).toContain("timed out waiting");
});

test("what the remedy says about the evidence comes before the reasons, escaped", () => {
  const { body } = proposeIssue(detailsOf({ notes: ["A volume <b>cannot</b> be mounted."] }), report, "raos/alert/x");
  expect(body).toContain("cannot");
  expect(body).not.toContain("<b>");
  expect(body.indexOf("be mounted.")).toBeLessThan(body.indexOf("- A reason."));
});
