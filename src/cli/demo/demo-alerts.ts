import type { Alert } from "../../domain/alert/alert.ts";
import { fingerprintOf } from "../../domain/alert/alert-payload.ts";
import type { Instant } from "../../domain/values/scalars.ts";

/** The alerts of the demonstration: an agent runs out of memory, and another lacks a Secret. */
export function demoAlerts(now: Instant): readonly Alert[] {
  const killed = alertOf(now, "AgentOutOfMemory", "support/triage was killed for using more memory than its limit");
  const lacking = alertOf(now, "AgentSecretMissing", "a Secret that finance/billing refers to is missing");
  const labels = { ...lacking.labels, raos_agent: "billing", raos_tenant: "finance" };
  return [killed, { ...lacking, labels, fingerprint: fingerprintOf(labels) }];
}

/** An alert about support/triage in production, eight minutes old. */
export function alertOf(now: Instant, name: string, summary: string): Alert {
  const labels = {
    alertname: name,
    raos_agent: "triage",
    raos_tenant: "support",
    raos_environment: "production",
    severity: "critical",
  };
  return {
    name,
    labels,
    annotations: { summary },
    status: "firing",
    startsAt: now - 8 * 60_000,
    endsAt: undefined,
    generatorURL: undefined,
    sender: "alertmanager",
    fingerprint: fingerprintOf(labels),
  };
}
