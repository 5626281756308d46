import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** One series of the simulated world. Of a counter, `at` is its rate, in a second. */
export interface Metric {
  readonly labels: Readonly<Record<string, string>>;
  readonly isCounter?: boolean;
  /** Undefined where there is no sample at this moment. */
  at(time: number): number | undefined;
}

/** The series of a metric, less those that a matcher of equality excludes; the caller checks all matchers again. */
export type MetricSource = (name: string, equal: ReadonlyMap<string, string>) => readonly Metric[];

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
type Value = number | readonly Sample[];

/** A query that the simulated Prometheus does not know: the month has to learn it, so this ends the run. */
export class UnknownQuery extends Error {}

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE,
  h: 60 * MINUTE,
  d: 1440 * MINUTE,
  w: 10080 * MINUTE,
};

/** Evaluates the part of PromQL that remedies use, on series that are functions of time. Throws UnknownQuery. */
export function evaluator(query: string, source: MetricSource): (time: number) => readonly Sample[] {
  const tree = parser.parse(query).topNode;
  const text = (node: SyntaxNode) => query.slice(node.from, node.to);
  const unknown = (node: SyntaxNode) => new UnknownQuery(`${node.name} ${text(node)}`);
  const selected = new Map<number, readonly Metric[]>();
  // The world changes by the minute, so a minute's answer is computed once: subqueries ask for it again and again.
  const answered = new Map<string, Value>();

  function metricsOf(node: SyntaxNode): readonly Metric[] {
    const known = selected.get(node.from);
    if (known !== undefined) return known;
    const matchers = node
      .getChildren("LabelMatchers")
      .flatMap((list) => list.getChildren("UnquotedLabelMatcher"))
      .map((one) => {
        const literal = one.getChild("StringLiteral");
        const value = literal === null ? "" : unquoted(text(literal));
        return { name: text(one.getChild("LabelName") ?? one), op: text(one.getChild("MatchOp") ?? one), value };
      });
    const identifier = node.getChild("Identifier");
    const name = identifier === null ? matchers.find((one) => one.name === "__name__")?.value : text(identifier);
    if (name === undefined) throw unknown(node);
    const rest = matchers
      .filter((one) => one.name !== "__name__")
      .map((one) => ({ ...one, test: testOf(one.op, one.value) }));
    const equal = new Map(rest.flatMap((one) => (one.op === "=" ? [[one.name, one.value] as const] : [])));
    const found = source(name, equal).filter((metric) => rest.every((one) => one.test(metric.labels[one.name] ?? "")));
    selected.set(node.from, found);
    return found;
  }

  function range(
    node: SyntaxNode | null,
    time: number,
  ): readonly (Sample & { readonly values: readonly number[]; readonly isCounter: boolean; readonly span: number })[] {
    if (node === null) throw new UnknownQuery(query);
    if (node.name === "OffsetExpr") return range(node.firstChild, time - offsetOf(node));
    if (node.name === "MatrixSelector") {
      const span = durationOf(node.getChild("DurationExpr"));
      const vector = node.getChild("VectorSelector");
      if (vector === null) throw unknown(node);
      const step = Math.max(MINUTE, span / 60);
      return metricsOf(vector).flatMap((metric) => {
        const values = times(time, span, step).flatMap((at) => metric.at(at) ?? []);
        return values.length === 0
          ? []
          : [{ labels: metric.labels, value: 0, values, isCounter: metric.isCounter === true, span }];
      });
    }
    if (node.name !== "SubqueryExpr") throw unknown(node);
    const [long, short] = node.getChildren("DurationExpr");
    const span = durationOf(long ?? null);
    const all = new Map<string, { labels: Sample["labels"]; values: number[] }>();
    for (const at of times(time, span, short === undefined ? 5 * MINUTE : durationOf(short)))
      for (const { labels, value } of vectorOf(node.firstChild, at)) {
        const key = JSON.stringify(labels);
        const one = all.get(key) ?? { labels, values: [] };
        one.values.push(value);
        all.set(key, one);
      }
    return [...all.values()].map((one) => ({ ...one, value: 0, isCounter: false, span }));
  }

  function offsetOf(node: SyntaxNode): number {
    return durationOf(node.getChild("OffsetDurationExpr"));
  }
  function durationOf(node: SyntaxNode | null): number {
    return [...(node === null ? "" : text(node)).matchAll(/(\d+)(ms|[smhdw])/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0),
      0,
    );
  }

  function vectorOf(node: SyntaxNode | null, time: number): readonly Sample[] {
    const value = evaluate(node, time);
    return typeof value === "number" ? [{ labels: {}, value }] : value;
  }

  function evaluate(node: SyntaxNode | null, time: number): Value {
    if (node === null) throw new UnknownQuery(query);
    switch (node.name) {
      case "PromQL":
      case "ParenExpr":
        return evaluate(node.firstChild, time);
      case "NumberDurationLiteral":
        return Number(text(node));
      case "VectorSelector":
        return metricsOf(node).flatMap((metric) => {
          const value = metric.at(time);
          return value === undefined ? [] : [{ labels: metric.labels, value }];
        });
      case "OffsetExpr":
        return evaluate(node.firstChild, time - offsetOf(node));
      case "AggregateExpr":
        return aggregate(node, time);
      case "FunctionCall": {
        const key = `${node.from} ${Math.floor(time / MINUTE)}`;
        const value = answered.get(key) ?? call(node, Math.floor(time / MINUTE) * MINUTE);
        answered.set(key, value);
        return value;
      }
      case "BinaryExpr":
        return binary(node, time);
      default:
        throw unknown(node);
    }
  }

  function aggregate(node: SyntaxNode, time: number): Value {
    const op = text(node.getChild("AggregateOp") ?? node);
    const modifier = node.getChild("AggregateModifier");
    const isWithout = modifier !== null && modifier.getChild("Without") !== null;
    const names = namesOf(modifier?.getChild("GroupingLabels") ?? null);
    const args = childrenOf(node.getChild("FunctionCallBody"));
    const samples = vectorOf(args.at(-1) ?? null, time);
    if (op === "topk" && modifier === null)
      return samples.toSorted((a, b) => b.value - a.value).slice(0, Number(text(args[0] ?? node)));
    const groups = new Map<string, { labels: Sample["labels"]; values: number[] }>();
    for (const { labels, value } of samples) {
      const kept = Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name) !== isWithout));
      const key = JSON.stringify(Object.entries(kept).sort());
      const one = groups.get(key) ?? { labels: kept, values: [] };
      one.values.push(value);
      groups.set(key, one);
    }
    const reduce = REDUCERS[op];
    if (reduce === undefined) throw unknown(node);
    return [...groups.values()].map(({ labels, values }) => ({ labels, value: reduce(values) }));
  }

  function call(node: SyntaxNode, time: number): Value {
    const name = text(node.getChild("FunctionIdentifier") ?? node);
    const body = node.getChild("FunctionCallBody");
    const args = childrenOf(body).filter((one) => !/^[(),]$/.test(text(one)));
    const [first = null, second = null] = args;
    if (name === "rate" || name === "increase")
      return range(first, time).map(({ labels, values, span, isCounter }) => {
        if (!isCounter) throw unknown(node);
        return { labels, value: mean(values) * (name === "rate" ? 1 : span / 1000) };
      });
    const over = OVER_TIME[name];
    if (over !== undefined) return range(first, time).map(({ labels, values }) => ({ labels, value: over(values) }));
    if (name === "quantile_over_time")
      return range(second, time).map(({ labels, values }) => ({
        labels,
        value: quantile(values, Number(text(first ?? node))),
      }));
    if (name === "histogram_quantile") return histogram(Number(text(first ?? node)), vectorOf(second, time));
    if (name === "clamp_min" || name === "clamp_max") {
      const bound = Number(text(second ?? node));
      return vectorOf(first, time).map(({ labels, value }) => ({
        labels,
        value: name === "clamp_min" ? Math.max(value, bound) : Math.min(value, bound),
      }));
    }
    if (name === "time") return time / 1000;
    if (name === "vector") return [{ labels: {}, value: Number(text(first ?? node)) }];
    if (name === "scalar") return vectorOf(first, time)[0]?.value ?? Number.NaN;
    if (name === "absent") return vectorOf(first, time).length === 0 ? [{ labels: {}, value: 1 }] : [];
    if (name === "label_replace") {
      const [, to = "", template = "", from = "", pattern = ""] = args.map((one, index) =>
        index === 0 ? "" : unquoted(text(one)),
      );
      const test = new RegExp(`^(?:${pattern})$`);
      return vectorOf(first, time).map(({ labels, value }) => {
        const found = test.exec(labels[from] ?? "");
        return {
          value,
          labels:
            found === null
              ? labels
              : {
                  ...labels,
                  [to]: template.replace(/\$\{?(\d)\}?/g, (_all, index: string) => found[Number(index)] ?? ""),
                },
        };
      });
    }
    throw unknown(node);
  }

  function binary(node: SyntaxNode, time: number): Value {
    const [left, operator, ...more] = childrenOf(node);
    const right = more.at(-1) ?? null;
    const op = text(operator ?? node);
    const clause = node.getChild("MatchingModifierClause");
    const on =
      clause === null
        ? undefined
        : { names: namesOf(clause.getChild("GroupingLabels")), isOn: clause.getChild("On") !== null };
    const keyOf = ({ labels }: Sample) =>
      JSON.stringify(
        Object.entries(labels)
          .filter(([name]) => on === undefined || on.names.includes(name) === on.isOn)
          .sort(),
      );
    if (op === "and" || op === "or" || op === "unless") {
      const [some, others] = [vectorOf(left ?? null, time), vectorOf(right, time)];
      const keys = new Set((op === "or" ? some : others).map(keyOf));
      if (op === "or") return [...some, ...others.filter((one) => !keys.has(keyOf(one)))];
      return some.filter((one) => keys.has(keyOf(one)) === (op === "and"));
    }
    const compute = OPERATORS[op];
    if (compute === undefined) throw unknown(node);
    const isBool = node.getChild("BoolModifier") !== null;
    const [one, other] = [evaluate(left ?? null, time), evaluate(right, time)];
    const combine = (labels: Sample["labels"], a: number, b: number): readonly Sample[] => {
      const value = compute(a, b);
      if (typeof value === "number") return [{ labels, value }];
      if (isBool) return [{ labels, value: value ? 1 : 0 }];
      return value ? [{ labels, value: a }] : [];
    };
    if (typeof one === "number" && typeof other === "number") return combine({}, one, other)[0]?.value ?? Number.NaN;
    if (typeof other === "number")
      return vectorOf(left ?? null, time).flatMap(({ labels, value }) => combine(labels, value, other));
    if (typeof one === "number") return other.flatMap(({ labels, value }) => combine(labels, one, value));
    const byKey = new Map(other.map((sample) => [keyOf(sample), sample.value]));
    return one.flatMap((sample) => {
      const matched = byKey.get(keyOf(sample));
      const labels =
        on?.isOn === true
          ? Object.fromEntries(Object.entries(sample.labels).filter(([name]) => on.names.includes(name)))
          : sample.labels;
      return matched === undefined ? [] : combine(labels, sample.value, matched);
    });
  }

  function namesOf(node: SyntaxNode | null): readonly string[] {
    return node === null ? [] : node.getChildren("LabelName").map(text);
  }

  return (time) => vectorOf(tree.firstChild, time);
}

function childrenOf(node: SyntaxNode | null): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let one = node?.firstChild ?? null; one !== null; one = one.nextSibling) children.push(one);
  return children;
}

function times(end: number, span: number, step: number): readonly number[] {
  const count = Math.max(1, Math.floor(span / step));
  return Array.from({ length: count }, (_, index) => end - (count - 1 - index) * step);
}

function unquoted(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, "$1");
}

function testOf(op: string, value: string): (text: string) => boolean {
  if (op === "=") return (text) => text === value;
  if (op === "!=") return (text) => text !== value;
  const isCaseless = value.startsWith("(?i:") && value.endsWith(")");
  const pattern = new RegExp(`^(?:${isCaseless ? value.slice(4, -1) : value})$`, isCaseless ? "i" : "");
  return (text) => pattern.test(text) === (op === "=~");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

type Reducer = (values: readonly number[]) => number;
const REDUCERS: Readonly<Record<string, Reducer>> = {
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: mean,
  count: (values) => values.length,
  group: () => 1,
};
const OVER_TIME: Readonly<Record<string, Reducer>> = {
  max_over_time: (values) => Math.max(...values),
  min_over_time: (values) => Math.min(...values),
  avg_over_time: mean,
  sum_over_time: (values) => values.reduce((sum, value) => sum + value, 0),
  count_over_time: (values) => values.length,
  last_over_time: (values) => values.at(-1) ?? Number.NaN,
  present_over_time: () => 1,
  delta: (values) => (values.at(-1) ?? 0) - (values[0] ?? 0),
  deriv: (values) => ((values.at(-1) ?? 0) - (values[0] ?? 0)) / (60 * Math.max(1, values.length - 1)),
  changes: (values) => values.filter((value, index) => index > 0 && value !== values[index - 1]).length,
};
const OPERATORS: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** As Prometheus does: linear within a bucket. */
function histogram(share: number, buckets: readonly Sample[]): readonly Sample[] {
  const groups = new Map<string, { labels: Sample["labels"]; list: { le: number; count: number }[] }>();
  for (const {
    labels: { le = "", ...labels },
    value,
  } of buckets) {
    const one = groups.get(JSON.stringify(labels)) ?? { labels, list: [] };
    one.list.push({ le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), count: value });
    groups.set(JSON.stringify(labels), one);
  }
  return [...groups.values()].flatMap(({ labels, list }) => {
    const sorted = list.toSorted((a, b) => a.le - b.le);
    const rank = share * (sorted.at(-1)?.count ?? 0);
    const index = sorted.findIndex(({ count }) => count >= rank);
    const [bucket, below] = [sorted[index], sorted[index - 1] ?? { le: 0, count: 0 }];
    if (bucket === undefined || rank === 0) return [];
    if (bucket.le === Number.POSITIVE_INFINITY) return [{ labels, value: below.le }];
    return [
      {
        labels,
        value: below.le + ((bucket.le - below.le) * (rank - below.count)) / Math.max(1e-9, bucket.count - below.count),
      },
    ];
  });
}
