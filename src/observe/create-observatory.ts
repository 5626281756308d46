import type { Evidence } from "../domain/evidence.ts";
import type { Instant } from "../domain/scalars.ts";
import type { KubeReader } from "./kubernetes.ts";
import { lookAtLogs } from "./loki.ts";
import type { Ask, Observatory } from "./observatory.ts";
import { lookAtMetrics } from "./prometheus.ts";
import { redact, redactJson } from "./redact.ts";

/** A source that is not asked, since its token is for another address. */
export interface Withheld {
  readonly withheld: string;
}

/** Where things are read. Credentials are sent as headers, and appear nowhere else. */
export interface ObservatoryOptions {
  readonly prometheus: { readonly url: string; readonly bearer?: string | undefined } | Withheld | undefined;
  readonly loki:
    | { readonly url: string; readonly tenant?: string | undefined; readonly bearer?: string | undefined }
    | Withheld
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
    case "promql": {
      const { prometheus } = options;
      if (prometheus === undefined) return absent(ask.name, ask.query, id, "Prometheus");
      if ("withheld" in prometheus) return withheld(ask.name, ask.query, id, prometheus);
      return lookAtMetrics(ask, id, prometheus, how);
    }
    case "logql": {
      const { loki } = options;
      if (loki === undefined) return absent(ask.name, ask.query, id, "Loki");
      return "withheld" in loki ? withheld(ask.name, ask.query, id, loki) : lookAtLogs(ask, id, loki, how);
    }
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

function withheld(name: string, query: string, id: string, why: Withheld): Evidence {
  return { kind: "missing", id, name, query, reason: "refused", message: why.withheld };
}

/** How reads are made. */
export interface How {
  readonly deadlineMs: number;
  readonly grafana: { readonly url: string } | undefined;
  readonly signal: AbortSignal | undefined;
  readonly fetch: typeof fetch | undefined;
}
