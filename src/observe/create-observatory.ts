import type { Evidence } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";
import type { KubeReader } from "./kubernetes.ts";
import { lookAtLogs } from "./loki.ts";
import type { Ask, Observatory } from "./observatory.ts";
import { lookAtMetrics } from "./prometheus.ts";
import { redact, redactJson } from "./redact.ts";

/** Where things are read. Credentials are sent as headers, and appear nowhere else. */
export interface ObservatoryOptions {
  readonly prometheus: { readonly url: string; readonly bearer?: string | undefined } | undefined;
  readonly loki:
    | { readonly url: string; readonly tenant?: string | undefined; readonly bearer?: string | undefined }
    | undefined;
  readonly kubernetes: KubeReader | undefined;
  /** Links lead to Grafana's Explore where it is given, else to Prometheus itself. */
  readonly grafana: { readonly url: string } | undefined;
  /** Milliseconds one read may take. */
  readonly deadlineMs: number;
  readonly now: () => Instant;
  readonly fetch?: typeof fetch;
}

/** Reads Prometheus, Loki and Kubernetes; what is not configured is missing evidence. */
export function createObservatory(options: ObservatoryOptions): Observatory {
  return {
    look: (ask, id, signal) => lookAt(ask, id, options, signal),
    redact,
    redactJson,
  };
}

async function lookAt(ask: Ask, id: string, options: ObservatoryOptions, signal?: AbortSignal): Promise<Evidence> {
  const { deadlineMs, grafana, fetch } = options;
  const how = { deadlineMs, grafana, signal, fetch };
  switch (ask.kind) {
    case "promql":
      return options.prometheus === undefined
        ? absent(ask.name, ask.query, id, "Prometheus")
        : lookAtMetrics(ask, id, options.prometheus, how);
    case "logql":
      return options.loki === undefined
        ? absent(ask.name, ask.query, id, "Loki")
        : lookAtLogs(ask, id, options.loki, how);
    case "kubernetes": {
      const query = `${ask.what} of ${ask.namespace}/${ask.agent}`;
      return options.kubernetes === undefined
        ? absent(ask.name, query, id, "Kubernetes")
        : options.kubernetes.look(ask, id, deadlineMs, signal);
    }
    default:
      return ask satisfies never;
  }
}

function absent(name: string, query: string, id: string, what: string): Evidence {
  return { kind: "missing", id, name, query, reason: "not-configured", message: `no ${what} is configured` };
}

/** How reads are made. */
export interface How {
  readonly deadlineMs: number;
  readonly grafana: { readonly url: string } | undefined;
  readonly signal: AbortSignal | undefined;
  readonly fetch: typeof fetch | undefined;
}
