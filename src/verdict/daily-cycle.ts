import type { Points } from "../domain/rollout-verdict/comparison.ts";
import type { Instant } from "../domain/values/scalars.ts";

const MINUTE = 60_000;
const MINUTES = 1440;
/** The waves of a day, of 24 and of 12 hours, minute by minute. */
const WAVES: readonly (readonly number[])[] = [1, 2].flatMap((often) =>
  [Math.cos, Math.sin].map((wave) =>
    Array.from({ length: MINUTES }, (_, minute) => wave((2 * Math.PI * often * minute) / MINUTES)),
  ),
);
/** The least that an hour is taken to be of the mean, so that a quiet night does not become a peak. */
const LEAST = 0.1;

/**
 * The series divided by its daily cycle: waves of 24 and 12 hours around its mean, fitted to what was before a moment. A series
 * without such a cycle stays as it is, but for the fit's small error. Values stay in proportion to those given.
 */
export function withoutDailyCycle(points: Points, until: Instant): Points {
  const history = points.filter(([at]) => at <= until);
  const mean = history.reduce((sum, [, value]) => sum + value / history.length, 0);
  if (!(mean > 0)) return points;
  // Waves over whole days are at right angles, so each is fitted by itself.
  const sizes = WAVES.map((wave) =>
    history.reduce((sum, [at, value]) => sum + (2 * (value / mean - 1) * valueAt(wave, at)) / history.length, 0),
  );
  const cycle = Array.from({ length: MINUTES }, (_, minute) =>
    Math.max(
      LEAST,
      WAVES.reduce((sum, wave, index) => sum + (sizes[index] ?? 0) * (wave[minute] ?? 0), 1),
    ),
  );
  return points.map(([at, value]) => [at, value / valueAt(cycle, at)] as const);
}

/** The value at a moment's minute of the day. */
function valueAt(day: readonly number[], at: Instant): number {
  const minute = Math.round(at / MINUTE) % MINUTES;
  return day[minute < 0 ? minute + MINUTES : minute] ?? 1;
}
