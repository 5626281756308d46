import type { Signal } from "../../domain/rollout-verdict/signal.ts";

/** What a signal is about. Two signals about one thing are one observation, made twice. */
export type SignalSubject =
  | "errors"
  | "latency"
  | "tokens"
  | "traffic"
  | "readiness"
  | "restarts"
  | "verify"
  | "alerts";

/** What the generated alerts are about (charts/agent/files/alerts.yaml); others are each a thing of their own. */
const ALERTS: readonly (readonly [RegExp, SignalSubject])[] = [
  [/^AgentErrorBudget/, "errors"],
  [/^AgentLatencyHigh$/, "latency"],
  [/^AgentTokenCostHigh$/, "tokens"],
  [/^Agent(Unavailable|ImagePullFailed|SecretMissing)$/, "readiness"],
  [/^Agent(Restarting|OutOfMemory)$/, "restarts"],
];
/** Alerts about what others do: a provider, a tool or a peer that fails, a node or a quota that is full, or nobody who calls. */
const ELSEWHERE = /^Agent(ModelProviderErrors|ModelRateLimited|ToolFailing|PeerFailing|Evicted|QuotaNearlyFull|Idle)$/;

/** What queries are about that verify a change, by the metrics they read. */
const QUERIES: readonly (readonly [RegExp, SignalSubject])[] = [
  [/latency/, "latency"],
  [/error_ratio|completed_(count|rpcs)/, "errors"],
  [/token_usage|model_tokens/, "tokens"],
  [/restarts_total|waiting_reason|terminated_reason/, "restarts"],
  [/status_ready|replicas_available/, "readiness"],
];

/** Whether an alert tells something about the agent itself. */
export function isAboutAgent(alert: string): boolean {
  return !ELSEWHERE.test(alert);
}

/** What each signal is about that is always about one thing. */
const SUBJECTS: Readonly<Record<Exclude<Signal["kind"], "metric" | "verify" | "alerts">, SignalSubject>> = {
  errors: "errors",
  "slo-burn": "errors",
  "slo-latency": "latency",
  readiness: "readiness",
  restarts: "restarts",
};

/** The things that a signal may stand for; it counts for one of them. */
export function subjectsOf(signal: Signal): readonly SignalSubject[] {
  switch (signal.kind) {
    case "metric":
      return [signal.metric];
    case "verify":
      return [QUERIES.find(([pattern]) => pattern.test(signal.query))?.[1] ?? "verify"];
    case "alerts":
      return signal.firing
        .filter(isAboutAgent)
        .map((name) => ALERTS.find(([known]) => known.test(name))?.[1] ?? "alerts");
    default:
      return [SUBJECTS[signal.kind]];
  }
}
