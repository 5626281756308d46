/** A duration as Prometheus writes it (`1h30m`), in milliseconds; at most 32 days. */
export function millisecondsOf(span: string): number {
  let sum = 0;
  for (const [, amount = "0", unit = "s"] of span.matchAll(/(\d{1,32})(ms|s|m|h|d|w)/g))
    sum += Number(amount) * (MILLISECONDS[unit] ?? 0);
  return Math.min(sum, 32 * 86_400_000);
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
