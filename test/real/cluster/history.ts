const MINUTE = 60_000;
/** Minutes of history: as much as a verdict asks for, and a little more. */
const LENGTH = 4 * 1440;

/** What a Prometheus has measured of an agent that Dapr calls, a point a minute. */
export interface MeasuredHistory {
  readonly name: string;
  readonly namespace: string;
  /** The last point. */
  readonly end: number;
  /** From then on calls fail, and take, so many times as often and as long. */
  readonly changeAt: number;
  readonly times: number;
}

/**
 * Four days of an agent in OpenMetrics text: three calls a second, 2 % of which fail, a tenth of a second long, with a slow wave; one
 * replica that is ready.
 */
export function measuredHistory({ name, namespace, end, changeAt, times }: MeasuredHistory): string {
  const last = Math.floor(end / MINUTE) * MINUTE;
  const moments = Array.from({ length: LENGTH }, (_, index) => last - (LENGTH - 1 - index) * MINUTE);
  const factor = (at: number) => (at > changeAt ? times : 1);
  const of = `app_id="${name}",namespace="${namespace}"`;
  const counter = (metric: string, labels: string, perSecond: (at: number) => number) => {
    let total = 0;
    return moments.map((at) => {
      total += perSecond(at) * 60 * (1 + 0.1 * Math.sin(at / 210_000));
      return `${metric}{${labels}} ${total} ${at / 1000}`;
    });
  };
  const gauge = (metric: string, labels: string) => moments.map((at) => `${metric}{${labels}} 1 ${at / 1000}`);
  // Half of the calls are shorter than 100 ms, nearly all shorter than 200 ms; times so many, nearly all are slower.
  const buckets: readonly (readonly [le: string, share: (slower: boolean) => number])[] = [
    ["100", (slower) => (slower ? 0.02 : 0.5)],
    ["200", (slower) => (slower ? 0.5 : 0.98)],
    ["400", (slower) => (slower ? 0.98 : 1)],
    ["+Inf", () => 1],
  ];
  const pod = `namespace="${namespace}",pod="${name}-6c7d9f4b8d-x2k9p"`;
  return `${[
    "# TYPE dapr_http_client_completed_count unknown",
    ...counter("dapr_http_client_completed_count", `${of},status="200"`, () => 3),
    ...counter("dapr_http_client_completed_count", `${of},status="500"`, (at) => 0.06 * factor(at)),
    "# TYPE dapr_http_client_roundtrip_latency_bucket unknown",
    ...buckets.flatMap(([le, share]) =>
      counter("dapr_http_client_roundtrip_latency_bucket", `${of},le="${le}"`, (at) => 3 * share(factor(at) > 1)),
    ),
    "# TYPE kube_deployment_spec_replicas gauge",
    ...gauge("kube_deployment_spec_replicas", `namespace="${namespace}",deployment="${name}"`),
    "# TYPE kube_pod_status_ready gauge",
    ...gauge("kube_pod_status_ready", `${pod},condition="true"`),
    "# EOF",
  ].join("\n")}\n`;
}
