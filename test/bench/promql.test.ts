import { expect, test } from "vitest";
import { evaluator, type Metric, UnknownQuery } from "../../bench/month/promql.ts";

const MINUTE = 60_000;
const NOW = 1000 * MINUTE;

function evaluated(query: string, metrics: Readonly<Record<string, readonly Metric[]>>) {
  const source = (name: string) => {
    const found = metrics[name];
    if (found === undefined) throw new UnknownQuery(name);
    return found;
  };
  return evaluator(query, source)(NOW);
}

const memory: readonly Metric[] = [
  { labels: { pod: "a", container: "agent" }, at: (time) => (time === NOW - 3 * MINUTE ? 900 : 300) },
  { labels: { pod: "b", container: "agent" }, at: () => 200 },
  { labels: { pod: "b", container: "daprd" }, at: () => 50 },
];
const limits: readonly Metric[] = [
  { labels: { pod: "a" }, at: () => 1000 },
  { labels: { pod: "b" }, at: () => undefined },
];
const restarts: readonly Metric[] = [
  { labels: { pod: "a" }, isCounter: true, at: (time) => (time > NOW - 5 * MINUTE ? 0.01 : 0) },
];
const buckets: readonly Metric[] = [
  { labels: { le: "1" }, isCounter: true, at: () => 5 },
  { labels: { le: "2" }, isCounter: true, at: () => 10 },
  { labels: { le: "+Inf" }, isCounter: true, at: () => 10 },
];
const metrics = { memory, limits, restarts, buckets, "own:ratio:rate1h": limits };

test.each([
  ["memory", '{"a agent":300,"b agent":200,"b daprd":50}'],
  ['memory{container="agent",pod!="a"}', '{"b agent":200}'],
  ['memory{pod=~"a|c"}', '{"a agent":300}'],
  ["max by (pod) (memory)", '{"a":300,"b":200}'],
  ["topk(1, memory)", '{"a agent":300}'],
  ["sum(memory)", '{"":550}'],
  ["max_over_time(memory[5m])", '{"a agent":900,"b agent":200,"b daprd":50}'],
  ["memory offset 3m", '{"a agent":900,"b agent":200,"b daprd":50}'],
  ["increase(restarts[10m])", '{"a":3}'],
  ["rate(restarts[5m]) > bool 1", '{"a":0}'],
  ["max by (pod) (memory) / on (pod) max by (pod) (limits) > 0.2", '{"a":0.3}'],
  ["limits or memory", '{"a":1000,"a agent":300,"b agent":200,"b daprd":50}'],
  ["max by (pod) (memory) unless on (pod) limits", '{"b":200}'],
  ["histogram_quantile(0.75, sum by (le) (rate(buckets[5m])))", '{"":1.5}'],
  ["max(quantile_over_time(0.5, rate(restarts[5m])[20m:5m]))", '{"":0}'],
  ["count_over_time(memory[3m:1m])", '{"a agent":3,"b agent":3,"b daprd":3}'],
  ['{__name__="own:ratio:rate1h"}', '{"a":1000}'],
])("evaluates %s", (query, expected) => {
  const samples = evaluated(query, metrics).map(({ labels, value }) => [Object.values(labels).join(" "), value]);
  expect(JSON.stringify(Object.fromEntries(samples))).toBe(expected);
});

test.each(["rate(memory[5m])", "bottomk(3, memory)", "predict_linear(memory[5m], 60)", "other"])(
  "says that it does not know %s",
  (query) => {
    expect(() => evaluated(query, metrics)).toThrow(UnknownQuery);
  },
);
