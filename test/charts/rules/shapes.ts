import { parse, stringify } from "yaml";
import { helmTemplate } from "../../real/helm/helm.ts";
import { testRules } from "../../real/prometheus/promtool.ts";
import { AGENT_CHART, manifests } from "../fixture-renders.ts";

const base = {
  tenant: "support",
  environment: "production",
  observability: { metricsPath: "/metrics", slo: { errorRate: 0.01, p95Seconds: 10 } },
  mcpServers: [{ name: "tickets", transport: "streamableHTTP", url: "https://mcp.example.org/mcp" }],
  peers: [{ name: "summarizer", namespace: "support" }],
};
const kafka = {
  pubsub: { type: "pubsub.kafka", metadata: { brokers: "kafka:9092" } },
  subscriptions: [{ topic: "tickets.new", route: "/tickets", deadLetter: "tickets-dead" }],
};

/** Agents of several shapes: the release's name, and its values. */
export const shapes = {
  plain: { name: "triage", values: { ...base, scaling: { replicas: 2 } } },
  cluster: { name: "triage", values: { ...base, monitoring: { matchers: { cluster: "prod-eu" } } } },
  longest: { name: "triage-of-tickets-and-complaints-about-the-deliveries", values: base },
  stateful: { name: "triage", values: { ...base, runtime: { workload: "StatefulSet" } } },
  consumer: {
    name: "triage",
    values: { ...base, dapr: kafka, scaling: { min: 2, max: 20, keda: { kafkaLag: 100 } } },
  },
  fromZero: {
    name: "triage",
    values: { ...base, dapr: kafka, scaling: { min: 0, max: 20, keda: { kafkaLag: 100 } } },
  },
  absent: { name: "absent", values: base },
  ready: {
    name: "triage",
    values: { ...base, scaling: { min: 2, max: 9, keda: { query: "x", threshold: 1 } } },
  },
} as const;
export type Shape = keyof typeof shapes;

const texts = new Map<Shape, Promise<string>>();

/** The rules of a shape, as Prometheus' rule file. */
export function rulesOfShape(shape: Shape): Promise<string> {
  const known = texts.get(shape);
  if (known !== undefined) return known;
  const { name, values } = shapes[shape];
  const text = helmTemplate({
    chart: AGENT_CHART,
    values: stringify(values),
    release: name,
    namespace: "support",
  }).then((rendered) => {
    const groups = manifests(rendered).flatMap(({ kind, spec }) => (kind === "PrometheusRule" ? spec.groups : []));
    return stringify({ groups });
  });
  texts.set(shape, text);
  return text;
}

/** Series, and at which minute which alerts fire, by name. */
export interface Watched {
  readonly shape: Shape;
  readonly series: Readonly<Record<string, string>>;
  readonly firing: Readonly<Record<number, readonly string[]>>;
  /** Seconds from one value, and from one evaluation, to the next; left out: 60. */
  readonly step?: number;
  /** The names of the rules that are evaluated, for a story of weeks; left out: all. */
  readonly only?: RegExp;
}

/** What promtool says where other alerts fire than are said to; else nothing. */
export async function judge({ firing, ...watched }: Watched): Promise<string> {
  return await judgeQueries(watched, 'max by (alertname) (ALERTS{alertstate="firing"})', {
    ...Object.fromEntries(
      Object.entries(firing).map(([minute, names]) => [
        minute,
        names.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
      ]),
    ),
  });
}

interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** What promtool says where a query has other samples at a minute than are said; else nothing. */
export async function judgeQueries(
  { shape, series, step = 60, only = /./ }: Omit<Watched, "firing">,
  expr: string,
  samples: Readonly<Record<number, readonly Sample[]>>,
): Promise<string> {
  const interval = `${step}s`;
  const told = {
    interval,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: Object.entries(samples).map(([minute, exp_samples]) => ({
      expr,
      eval_time: `${minute}m`,
      exp_samples,
    })),
  };
  const tests = { rule_files: ["rules.yaml"], evaluation_interval: interval, tests: [told] };
  const opinion = await testRules(onlyRules(await rulesOfShape(shape), only), stringify(tests));
  return opinion.ok ? "" : opinion.output;
}

function onlyRules(rules: string, only: RegExp): string {
  const { groups }: { groups: readonly { name: string; rules: readonly Rule[] }[] } = parse(rules);
  const of = ({ alert, record }: Rule) => only.test(alert ?? record ?? "");
  return stringify({ groups: groups.map((group) => ({ ...group, rules: group.rules.filter(of) })) });
}

interface Rule {
  readonly alert?: string;
  readonly record?: string;
}
