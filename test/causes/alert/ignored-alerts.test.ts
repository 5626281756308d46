import { expect, test } from "vitest";
import { ignoredOutcomes } from "../../../src/causes/alert/ignored-alerts.ts";
import type { AlertReason } from "../../../src/domain/alert/incident.ts";
import { alertOf, BEGAN } from "../../support/alerts/alert-of.ts";

function ignored(alertname: string, reason: AlertReason, endsAt?: number) {
  return { alert: alertOf({ alertname }, { endsAt }), reason, message: "" };
}

test("firing alerts without an incident: one outcome for each reason and name, with their number", () => {
  const outcomes = ignoredOutcomes([
    ignored("Watchdog", "not-about-an-agent"),
    ignored("AgentDown", "unknown-agent"),
    ignored("AgentDown", "no-remedy"),
    ignored("AgentDown", "unknown-agent"),
    ignored("AgentDown", "unknown-agent", BEGAN + 1),
  ]);
  const about = { cause: "alert", agent: "*", kind: "skipped" };
  expect(outcomes).toEqual([
    { ...about, reason: "no-remedy: AgentDown" },
    { ...about, reason: "not-about-an-agent: Watchdog" },
    { ...about, reason: "unknown-agent: AgentDown (2 alerts)" },
  ]);
});

test("an alert that ended is not worth an outcome", () => {
  expect(ignoredOutcomes([ignored("AgentDown", "unknown-agent", BEGAN + 1)])).toEqual([]);
});
