import type { Series } from "../../domain/alert/evidence.ts";
import type { RolloutTimes, RolloutVerdict } from "../../domain/rollout-verdict/rollout-verdict.ts";
import type { ShownSeries, Signal } from "../../domain/rollout-verdict/signal.ts";
import { drawChart } from "../body/chart.ts";
import { code, span } from "../markdown.ts";

/** Most charts of a comment. */
const MOST = 3;

type Charted = Extract<Signal, { readonly kind: "metric" | "errors" }>;

/**
 * Charts of the signals that moved, the first open, each with its query: the series, and a flat line on each side of the roll-out,
 * its mean there. Nothing where nothing moved.
 */
export function verdictCharts({ signals, times }: RolloutVerdict): readonly string[] {
  const moved = signals.filter((signal) => signal.kind === "metric" || signal.kind === "errors");
  const drawn = moved.flatMap((signal) => {
    const chart = signal.outcome === "worse" || signal.outcome === "better" ? chartOf(signal, times) : undefined;
    return chart === undefined ? [] : [chart];
  });
  return drawn.slice(0, MOST).map(({ name, query, chart }, index) => {
    const body = `${chart}\n\n${query}`;
    return index === 0 ? `${name}:\n\n${body}` : `<details><summary>${name}</summary>\n\n${body}\n\n</details>`;
  });
}

interface DrawnChart {
  readonly name: string;
  readonly query: string;
  readonly chart: string;
}

function chartOf({ kind, shown, ...signal }: Charted, times: RolloutTimes): DrawnChart | undefined {
  if (shown === undefined) return undefined;
  const chart = drawn(shown, times);
  if (chart === "") return undefined;
  const title = "metric" in signal ? TITLES[signal.metric] : "Share of calls that failed";
  const name = `${title}, and its mean before and after`;
  const query =
    shown.link === undefined
      ? span(shown.query, 600)
      : `[${code("query", 64)}](${shown.link}) ${span(shown.query, 600)}`;
  return { name, query, chart };
}

const TITLES: Readonly<Record<Extract<Signal, { kind: "metric" }>["metric"], string>> = {
  latency: "Latency, 95th percentile",
  tokens: "Tokens of a model's call",
  traffic: "Calls a second",
};

function drawn({ query, link, unit, points }: ShownSeries, { changeAt }: RolloutTimes): string {
  const values = points.map(([, value]) => value);
  const sides = [points.filter(([at]) => at <= changeAt), points.filter(([at]) => at > changeAt)];
  const means: Series["points"] = sides.flatMap((side) => {
    const mean = side.reduce((sum, [, value]) => sum + value / side.length, 0);
    return side.map(([at]) => [at, mean] as const);
  });
  const series = [points, means].map((some) => ({ labels: {}, points: some }));
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  const stats = { min: 0, max, mean: 0, p95: 0, last: values.at(-1) ?? 0, count: values.length };
  return drawChart({ kind: "series", id: "", name: "", query, link, unit, series, stats, threshold: undefined });
}
