import type { CountComparison, Counts, Shift } from "../domain/rollout-verdict/comparison.ts";

/** Fewest requests on a side: rates of fewer say nothing. */
const FEWEST = 20;
/** How improbable a change must be where nothing changed, and how large it must be. */
const CHANCE = 0.01;
const RATIO = 1.25;

/**
 * Compares the errors of requests before with those after. Where nothing changed, each error falls to a side with a chance as large
 * as that side's share of the requests, so the errors after are binomial: the conditional test of two rates (Przyborowski and
 * Wilenski, 1940), exact also where there are none on a side. Counts that are no numbers, or that are negative, count as none.
 */
export function countTest(
  errorsBefore: number,
  requestsBefore: number,
  errorsAfter: number,
  requestsAfter: number,
): CountComparison {
  const before = countsOf(errorsBefore, requestsBefore);
  const after = countsOf(errorsAfter, requestsAfter);
  const least = Math.min(before.requests, after.requests);
  if (least < FEWEST) {
    const reason = least === 0 ? "no-traffic" : "few-requests";
    return { kind: "not-compared", reason, before, after };
  }
  const all = before.errors + after.errors;
  const share = after.requests / (before.requests + after.requests);
  const rose = after.errors * before.requests >= before.errors * after.requests;
  // At least so many after, or at least so many before.
  const chance = rose ? upperTail(after.errors, all, share) : upperTail(before.errors, all, 1 - share);
  return { kind: "compared", shift: shiftOf(before, after, chance, rose), before, after, chance };
}

function shiftOf(before: Counts, after: Counts, chance: number, rose: boolean): Shift {
  if (chance > CHANCE) return "none";
  const rates = [before.errors / before.requests, after.errors / after.requests] as const;
  const [low, high] = rose ? rates : [rates[1], rates[0]];
  if (high < RATIO * low * (1 - 1e-9)) return "none";
  return rose ? "up" : "down";
}

function countsOf(errors: number, requests: number): Counts {
  const all = whole(requests);
  return { errors: Math.min(whole(errors), all), requests: all };
}

/** Rates times seconds are no whole numbers. */
function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.round(value)), 1e12) : 0;
}

/** P(X ≥ k) for X binomial in n trials of chance p, 0 < p < 1. Its terms are summed from k on; each follows from the one before. */
function upperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  const logFirst = logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
  let term = 1;
  let sum = 1;
  for (let index = k; index < n; index += 1) {
    term *= ((n - index) / (index + 1)) * (p / (1 - p));
    sum += term;
    // Beyond the mean, terms fall ever faster: what is left is less than can be seen.
    if (term < sum * 1e-15) break;
  }
  return Math.min(1, Math.exp(logFirst + Math.log(sum)));
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** ln(n!): summed for small n; by Stirling's series, whose error is below 1e-12 there, for larger ones. */
function logFactorial(n: number): number {
  if (n < 30) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor);
    return sum;
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
}
