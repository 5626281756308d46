import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface HttpMetrics {
  readonly webhooks: Counter<"event" | "result">;
  readonly triggers: Counter<"kind" | "outcome">;
  readonly alerts: Counter<"result">;
  readonly rollouts: Counter<"result">;
  readonly requests: Histogram<"path" | "status">;
}

/** Counters of received requests. Label values come from fixed sets, never from a sender's text. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  return {
    webhooks: new Counter({
      name: "raos_webhooks_total",
      help: "Webhook deliveries, by event and what became of them",
      labelNames: ["event", "result"],
      registers,
    }),
    triggers: new Counter({
      name: "raos_triggers_total",
      help: "Triggers, by kind and whether they queued, joined or found no room",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    alerts: new Counter({
      name: "raos_alert_deliveries_total",
      help: "Deliveries of alerts, by what became of them",
      labelNames: ["result"],
      registers,
    }),
    rollouts: new Counter({
      name: "raos_rollout_deliveries_total",
      help: "Events of roll-outs from Flux and Argo CD, by what became of them",
      labelNames: ["result"],
      registers,
    }),
    requests: new Histogram({
      name: "raos_http_request_duration_seconds",
      help: "HTTP requests answered, in seconds",
      labelNames: ["path", "status"],
      buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 10],
      registers,
    }),
  };
}

/** Gauges of a queue, computed at each scrape. */
export function watchQueue(
  registry: Registry,
  size: () => { readonly waiting: number; readonly running: number },
): void {
  gauge(registry, "raos_queue_waiting", "Repositories waiting for their turn", () => size().waiting);
  gauge(registry, "raos_queue_running", "Repositories being reconciled", () => size().running);
}

/** Gauges of repositories and installations that failed and wait for their next attempt. */
export function watchFailing(
  registry: Registry,
  failing: { readonly repositories: () => number; readonly installations: () => number },
): void {
  const { repositories, installations } = failing;
  gauge(registry, "raos_repositories_failing", "Repositories whose last pass failed or took too long", repositories);
  gauge(registry, "raos_installations_failing", "Installations whose repositories cannot be listed", installations);
}

/** Gauges of the rounds of the timer: how many repositories the last whole one found, and whether the service is ready. */
export function watchRounds(
  registry: Registry,
  { repositories, isReady }: { readonly repositories: () => number; readonly isReady: () => boolean },
): void {
  gauge(registry, "raos_repositories", "Repositories that the last whole round of the timer found", repositories);
  gauge(registry, "raos_ready", "1 where the repositories are known and the service takes work, as /readyz says", () =>
    Number(isReady()),
  );
}

/** A gauge of GitHub's budgets of requests, for each of the resources. */
export function watchRateLimits<R extends string>(
  registry: Registry,
  resources: readonly R[],
  usedShare: (resource: R) => number,
): void {
  new Gauge({
    name: "raos_github_rate_limit_used_ratio",
    help: "The used share of GitHub's hourly budget of requests, of the installation that has used most of its own",
    labelNames: ["resource"],
    registers: [registry],
    collect() {
      for (const resource of resources) this.set({ resource }, usedShare(resource));
    },
  });
}

/** A gauge of the known alerts, firing and recently ended. */
export function watchAlerts(registry: Registry, size: () => number): void {
  gauge(registry, "raos_alerts", "Alerts known, firing or ended within a day", size);
}

/** Counts dropped alerts, by reason. */
export function createDropCounter(registry: Registry): (what: Readonly<Record<string, number>>) => void {
  const dropped = new Counter({
    name: "raos_alerts_dropped_total",
    help: "Alerts not kept: of no agent there is, too many of one agent, or ended and in the way of others",
    labelNames: ["reason"],
    registers: [registry],
  });
  return (what) => {
    for (const [reason, count] of Object.entries(what)) dropped.inc({ reason }, count);
  };
}

/** A gauge of whether alerts can be written to disk. */
export function watchAlertStore(registry: Registry, isSafe: () => boolean): void {
  gauge(registry, "raos_alert_store_up", "1 where alerts can be written to disk; else they are answered 503", () =>
    Number(isSafe()),
  );
}

/** A gauge of the bytes of open request bodies. */
export function watchBodies(registry: Registry, used: () => number): void {
  gauge(registry, "raos_http_body_bytes", "Bytes of request bodies under way, which have a budget together", used);
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}
