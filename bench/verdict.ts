import { countTest } from "../src/verdict/count-test.ts";
import { placeboTest } from "../src/verdict/placebo-test.ts";
import { type Chance, chanceOf } from "./month/random.ts";
import type { Row } from "./ratio.ts";
import { poisson, seriesOf, TIMES } from "./verdict/series.ts";

/** Roll-outs for each kind of series; the seed decides all of them. */
const ROUNDS = 300;
const SEED = 20_260_601;
/** The bars: most false alarms, and least power for a doubling. */
const MOST_FALSE = 0.02;
const LEAST_POWER = 0.8;

/**
 * How often the tests behind the verdict of a roll-out are wrong, on series whose truth is known: alarms where nothing changed, and
 * alarms where a value doubled, 30 points after. A figure that misses its bar ends the process with 1.
 */
export async function rolloutVerdict(): Promise<readonly Row[]> {
  const chance = chanceOf(SEED);
  const rows = [0, 0.5, 0.8, 0.95].flatMap((phi) => metricRows(phi, chance));
  return [...rows, ...countRows(chance)];
}

/** Over series with and without a daily cycle, with and without a step in the week before. */
function metricRows(phi: number, chance: Chance): readonly Row[] {
  const kinds = [false, true].flatMap((daily) => [false, true].map((step) => ({ phi, daily, step })));
  const alarms = (factor: number) => {
    const all = kinds.flatMap((kind) => Array.from({ length: ROUNDS }, () => seriesOf({ ...kind, factor }, chance)));
    const found = all.filter((series) => {
      const comparison = placeboTest(series, TIMES);
      return comparison.kind === "compared" && comparison.shift === "up";
    });
    return found.length / all.length;
  };
  const [none, half, double] = [alarms(1), alarms(1.5), alarms(2)];
  return [
    row(
      `verdict of a metric, points that depend on the one before by ${phi}`,
      none,
      double,
      `; × 1.5: ${percent(half)}`,
    ),
  ];
}

/** Errors of 2 % of 3,000 requests on each side. */
function countRows(chance: Chance): readonly Row[] {
  const alarms = (factor: number) => {
    const found = Array.from({ length: 10 * ROUNDS }, () => {
      const requests = [poisson(3000, chance), poisson(3000, chance)] as const;
      const errors = [poisson(0.02 * requests[0], chance), poisson(0.02 * factor * requests[1], chance)] as const;
      const comparison = countTest(errors[0], requests[0], errors[1], requests[1]);
      return comparison.kind === "compared" && comparison.shift === "up";
    });
    return found.filter((one) => one).length / found.length;
  };
  return [
    row("verdict of errors, 2 % of 3,000 requests a side", alarms(1), alarms(2), `; × 1.5: ${percent(alarms(1.5))}`),
  ];
}

function row(what: string, falseAlarms: number, power: number, more: string): Row {
  const isMissed = falseAlarms > MOST_FALSE || power < LEAST_POWER;
  if (isMissed) process.exitCode = 1;
  const figures = `false alarms ${percent(falseAlarms)}, a doubling found ${percent(power)}${more}`;
  return {
    what,
    floor: "–",
    measured: isMissed ? `**${figures}**` : figures,
    reach: `≤ ${percent(MOST_FALSE)}, ≥ ${percent(LEAST_POWER)}`,
  };
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
