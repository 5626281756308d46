import type { Occasion } from "../../domain/alert/occasion.ts";
import { code, counted, prose } from "../markdown.ts";

const DAYS: ReadonlyMap<string, string> = new Map(
  ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"].flatMap((day, index) => [
    [String(index), day],
    [day.slice(0, 3).toLowerCase(), day],
  ]),
);

/** When a remedy is applied, as the beginning of a sentence: `Every Monday at 06:00 (UTC)`, or `While its query holds`. */
export function occasionWords(occasion: Occasion): string {
  switch (occasion.kind) {
    case "schedule":
      return scheduleWords(occasion.cron, occasion.timezone);
    case "query":
      return occasion.forMs === 0 ? "Its query holds" : `Its query has held for ${spanWords(occasion.forMs)}`;
    default:
      return occasion satisfies never;
  }
}

/** A schedule of a day of the week, or of every day, at one time in words; another as it is written. */
function scheduleWords(cron: string, timezone: string): string {
  const [minute = "", hour = "", day, month, weekday = ""] = cron.split(/ +/);
  const zone = ` (${prose(timezone, 64)})`;
  const isSimple = /^\d{1,2}$/.test(minute) && /^\d{1,2}$/.test(hour) && day === "*" && month === "*";
  const named = weekday === "*" ? "day" : DAYS.get(weekday.toLowerCase());
  if (!isSimple || named === undefined) return `At the times ${code(cron, 128)}${zone}`;
  return `Every ${named} at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}${zone}`;
}

/** A span of time in its largest whole unit. */
function spanWords(milliseconds: number): string {
  const units = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000],
  ] as const;
  const [name, size] = units.find(([, one]) => milliseconds % one === 0) ?? ["second", 1000];
  return counted(Math.round(milliseconds / size), name);
}
