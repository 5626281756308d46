import type { Evidence, MeasureUnit, SeriesStats } from "../../domain/alert/evidence.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { withoutTrailing } from "../../domain/values/trim.ts";

type SeriesEvidence = Extract<Evidence, { kind: "series" }>;

/** Points of a line; a chart as wide as a pull request cannot show more. */
const POINTS = 48;
/** Lines of a chart; a reader cannot tell more of them apart. */
const LINES = 4;
/** Mermaid's own first colour is hard to see on white. The threshold is red. */
const COLOURS = ["#0969da", "#8250df", "#1a7f37", "#9a6700"];
const RED = "#cf222e";

/**
 * The series as a Mermaid chart, which GitHub draws: lines over minutes before the last point, the threshold as a flat line.
 * Every character in it is generated here: it holds no label and no query. Empty where there are fewer than two points.
 * Syntax: https://mermaid.js.org/syntax/xyChart.html
 */
export function drawChart(evidence: SeriesEvidence): string {
  const { series, unit, threshold } = evidence;
  const moments = series.flatMap((one) => one.points.map(([moment]) => moment));
  const [start, end] = [Math.min(...moments), Math.max(...moments)];
  if (!(end > start)) return "";
  const scale = scaleOf(unit, Math.max(evidence.stats.max, threshold ?? 0));
  const lines = series
    .slice(0, LINES)
    .map((one) => samplePoints(one.points, start, end).map((value) => shown(value / scale.by)));
  const flat = threshold === undefined ? [] : [Array.from({ length: POINTS }, () => shown(threshold / scale.by))];
  const values = [...lines, ...flat].flat().map(Number);
  const top = Math.max(0, ...values) * 1.1;
  const bottom = Math.min(0, ...values);
  const minutes = Math.max(1, Math.round((end - start) / 60_000));
  const span =
    minutes > 180 ? { amount: Math.round(minutes / 6) / 10, name: "hours" } : { amount: minutes, name: "minutes" };
  const colours = [...COLOURS.slice(0, lines.length), ...flat.map(() => RED)].join(", ");
  return [
    "```mermaid",
    `%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "${colours}"}}}}%%`,
    "xychart-beta",
    `    x-axis "${span.name} before ${clock(end)} UTC" ${-span.amount} --> 0`,
    `    y-axis "${scale.name}" ${shown(bottom)} --> ${top > bottom ? shown(top) : "1"}`,
    ...[...lines, ...flat].map((line) => `    line [${line.join(", ")}]`),
    "```",
  ].join("\n");
}

/** A value with its unit, for a sentence: `612 Mi`, `45 %`, `1.2 s`. */
export function amountOf(value: number, unit: MeasureUnit): string {
  const { by, name } = scaleOf(unit, Math.abs(value));
  const number = value / by;
  const text = String(Number(number.toPrecision(3)));
  return name === "count" ? text : `${text} ${name}`;
}

/** A series in a clause: `least 391 Mi, most 753 Mi, last 493 Mi`. */
export function rangeOf({ min, max, last }: SeriesStats, unit: MeasureUnit): string {
  return `least ${amountOf(min, unit)}, most ${amountOf(max, unit)}, last ${amountOf(last, unit)}`;
}

/** `14:02`, in UTC. */
export function clock(moment: Instant): string {
  return new Date(moment).toISOString().slice(11, 16);
}

/** The largest value of each bucket of time, so that a spike stays visible; an empty bucket repeats the one before. */
function samplePoints(
  points: SeriesEvidence["series"][number]["points"],
  start: Instant,
  end: Instant,
): readonly number[] {
  const buckets: (number | undefined)[] = Array.from({ length: POINTS }, () => undefined);
  for (const [moment, value] of points) {
    const index = Math.min(POINTS - 1, Math.floor(((moment - start) / (end - start)) * POINTS));
    buckets[index] = Math.max(buckets[index] ?? Number.NEGATIVE_INFINITY, value);
  }
  let last = points[0]?.[1] ?? 0;
  return buckets.map((value) => {
    last = value ?? last;
    return last;
  });
}

interface Scale {
  /** The smallest value for which the scale is used. */
  readonly from: number;
  /** The divisor of values. */
  readonly by: number;
  readonly name: string;
}

const MI = 2 ** 20;
const GI = 2 ** 30;

/** The scales of each unit, the finest first. */
const SCALES: Readonly<Record<MeasureUnit, readonly [Scale, ...Scale[]]>> = {
  bytes: [
    { from: 0, by: 1, name: "bytes" },
    { from: 2 * MI, by: MI, name: "Mi" },
    { from: 2 * GI, by: GI, name: "Gi" },
  ],
  cores: [
    { from: 0, by: 0.001, name: "millicores" },
    { from: 2, by: 1, name: "cores" },
  ],
  seconds: [
    { from: 0, by: 0.001, name: "ms" },
    { from: 1, by: 1, name: "s" },
  ],
  ratio: [{ from: 0, by: 0.01, name: "%" }],
  dollars: [{ from: 0, by: 1, name: "US dollars" }],
  count: [{ from: 0, by: 1, name: "count" }],
};

function scaleOf(unit: MeasureUnit, largest: number): Scale {
  const scales = SCALES[unit];
  return scales.findLast(({ from }) => largest >= from) ?? scales[0];
}

/** A number as Mermaid reads it: plain digits, no exponent. */
function shown(value: number): string {
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) < 1e-6 ? "0" : withoutTrailing(withoutTrailing(rounded.toFixed(6), "0"), ".");
}
