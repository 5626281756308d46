import type { MeasureUnit } from "../../domain/alert/evidence.ts";
import type {
  CountComparison,
  Counts,
  Incomparable,
  PlaceboComparison,
} from "../../domain/rollout-verdict/comparison.ts";
import type { PlaceboRank, Signal } from "../../domain/rollout-verdict/signal.ts";
import { amountOf } from "../body/chart.ts";
import { code, some } from "../markdown.ts";

/** The cells of a signal's row: its figures before and after, and why they say what they say. Markdown, escaped. */
export interface SignalCells {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

/** The cells of one signal, with every figure that was used. */
export function signalCells(signal: Signal): SignalCells {
  switch (signal.kind) {
    case "metric":
      return metricCells(signal);
    case "errors":
      return errorCells(signal);
    case "slo-burn":
      return burnCells(signal);
    case "alerts":
      return {
        ...{ name: "new alerts", before: "–", after: "–" },
        why:
          signal.firing.length === 0
            ? whyOr(signal.reason, "none")
            : some(
                signal.firing.map((one) => code(one, 80)),
                5,
              ),
      };
    default:
      return sidesCells(signal);
  }
}

type Sides = Exclude<Signal, { readonly kind: "metric" | "errors" | "slo-burn" | "alerts" }>;

/** A signal that is one figure before and one after. */
function sidesCells(signal: Sides): SignalCells {
  const { name, unit, why } = SIDES[signal.kind];
  const shown = (value: number | undefined) => (value === undefined ? "–" : amountOf(value, unit));
  const told = "objective" in signal ? `the objective is ${amountOf(signal.objective, unit)}` : why;
  const query = signal.kind === "verify" ? `: ${code(signal.query, 300)}` : "";
  return { name, before: shown(signal.before), after: shown(signal.after), why: whyOr(signal.reason, told) + query };
}

const SIDES: Readonly<
  Record<Sides["kind"], { readonly name: string; readonly unit: MeasureUnit; readonly why: string }>
> = {
  "slo-latency": { name: "latency against the objective", unit: "seconds", why: "" },
  verify: { name: "the remedy's own query", unit: "ratio", why: "share of the time in which it held" },
  readiness: { name: "replicas that are ready", unit: "ratio", why: "share of those wanted" },
  restarts: { name: "restarts", unit: "count", why: "of containers, in half an hour" },
};

const METRICS: Readonly<Record<Extract<Signal, { kind: "metric" }>["metric"], string>> = {
  latency: "latency, 95th percentile",
  tokens: "tokens of a model's call",
  traffic: "calls a second",
};

function metricCells({ metric, comparison, shown }: Extract<Signal, { kind: "metric" }>): SignalCells {
  const unit = shown?.unit ?? "count";
  const amount = (value: number | undefined) => (value === undefined ? "–" : amountOf(value, unit));
  const sides = { name: METRICS[metric], before: amount(comparison.before), after: amount(comparison.after) };
  return { ...sides, why: comparisonWords(comparison, amount) };
}

function comparisonWords(comparison: PlaceboComparison, amount: (value: number) => string): string {
  if (comparison.kind === "not-compared") return INCOMPARABLE[comparison.reason];
  const { ratio, hours, placebos, higher, lower, daily } = comparison;
  const rank = placeboWords({ placebos, asFar: ratio >= 1 ? higher : lower }, ratio >= 1);
  const usual = daily ? "; it does so at this time of most days" : "";
  return `× ${Number(ratio.toFixed(2))} without the daily cycle; 6 hours before: ${amount(hours)}; ${rank}${usual}`;
}

/** The placebos in words: `3 of 650 earlier moments rose as much`. */
function placeboWords({ placebos, asFar }: PlaceboRank, rose: boolean): string {
  return `${asFar} of ${placebos} earlier moments ${rose ? "rose" : "fell"} as much`;
}

function errorCells({ counts, placebos }: Extract<Signal, { kind: "errors" }>): SignalCells {
  const sides = { name: "calls that failed", before: countsWords(counts.before), after: countsWords(counts.after) };
  return { ...sides, why: errorWords(counts, placebos) };
}

function errorWords(counts: CountComparison, placebos: PlaceboRank | undefined): string {
  if (counts.kind === "not-compared") return INCOMPARABLE[counts.reason];
  const { before, after, chance } = counts;
  const rose = after.errors * before.requests >= before.errors * after.requests;
  const by = `chance of so ${rose ? "many" : "few"} where nothing changed: ${chanceWords(chance)}`;
  return placebos === undefined ? by : `${by}; ${placeboWords(placebos, rose)}`;
}

function chanceWords(chance: number): string {
  return chance < 1e-4 ? "less than 0.01 %" : `${Number((100 * chance).toPrecision(2))} %`;
}

function countsWords(counts: Counts | undefined): string {
  if (counts === undefined) return "–";
  const { errors, requests } = counts;
  const share = requests === 0 ? "" : ` (${amountOf(errors / requests, "ratio")})`;
  return `${errors.toLocaleString("en-US")} of ${requests.toLocaleString("en-US")}${share}`;
}

function burnCells({ objective, before, after, reason }: Extract<Signal, { kind: "slo-burn" }>): SignalCells {
  const shown = (rates: typeof before) =>
    rates === undefined ? "–" : `${times(rates.hour)} in 1 h, ${times(rates.fiveMinutes)} in 5 min`;
  const why = `of what ${amountOf(objective, "ratio")} allows; 14.4 × is fast`;
  return { name: "error budget used", before: shown(before), after: shown(after), why: whyOr(reason, why) };
}

function times(value: number): string {
  return `${Number(value.toPrecision(3))} ×`;
}

function whyOr(reason: Incomparable | undefined, why: string): string {
  return reason === undefined ? why : INCOMPARABLE[reason];
}

const INCOMPARABLE: Readonly<Record<Incomparable, string>> = {
  "not-measured": "not measured",
  "not-read": "could not be read whole",
  gaps: "points are missing around the roll-out",
  "little-history": "less than three days of history",
  "no-traffic": "nobody called",
  "few-requests": "fewer than 20 calls on a side",
  constant: "always the same value",
  zeroes: "zero on a side, so there is no ratio",
};
