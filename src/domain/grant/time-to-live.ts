const MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A time to live such as `12h`, `30d` or `4w`, in milliseconds; undefined for any other text. */
export function timeToLive(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^([1-9]\d{0,3})([hdw])$/.exec(text) ?? [];
  const length = MILLISECONDS[unit];
  return length === undefined ? undefined : Number(amount) * length;
}
