import type { Evidence } from "../../src/domain/alert/evidence.ts";
import type { Instruments, Question } from "../../src/model/investigator.ts";

export const NOW = Date.parse("2026-05-04T10:00:00Z");

/** Evidence `e1`: what a remedy gathered before the model is asked. */
export const FIRST: Evidence = {
  kind: "objects",
  id: "e1",
  name: "pods",
  query: "pods of support/triage",
  lines: ["triage-0: killed for want of memory 3 times"],
  value: null,
};

export const QUESTION: Question = {
  incident: {
    agent: "support/triage",
    environment: "production",
    remedy: "unknown-alert",
    alerts: [
      {
        name: "TriageSlow",
        labels: { alertname: "TriageSlow", raos_agent: "triage" },
        annotations: { summary: "Tickets wait" },
        status: "firing",
        startsAt: NOW - 600_000,
        endsAt: undefined,
        generatorURL: undefined,
        fingerprint: "f".repeat(64),
        sender: "alertmanager",
      },
    ],
  },
  agent: "support/triage",
  environment: "production",
  namespace: "support",
  spec: { scaling: { min: 2, max: 12 }, runtime: { resources: { limits: { memory: "768Mi" } } } },
  allowedPaths: ["/spec/scaling", "/spec/runtime/resources"],
  evidence: [FIRST],
};

export interface Recording extends Instruments {
  /** What was read, in order. */
  readonly calls: readonly string[];
}

/** Instruments that answer from `e101` on, and tell what they were asked. */
export function recording(lines: readonly string[] = ["a line"]): Recording {
  const calls: string[] = [];
  const read = async (call: string): Promise<Evidence> => {
    calls.push(call);
    return { kind: "objects", id: `e${100 + calls.length}`, name: "asked", query: call, lines, value: null };
  };
  return {
    calls,
    metrics: (query, seconds) => read(`promql ${query} ${seconds}`),
    logs: (pattern, seconds) => read(`logs ${pattern} ${seconds}`),
    objects: (what) => read(`kubernetes ${what}`),
    history: () => read("history"),
  };
}
