/** What each field of a schedule may hold: its name, its least and largest number, and names for numbers. */
const FIELDS: readonly (readonly [name: string, least: number, most: number, names: readonly string[]])[] = [
  ["minute", 0, 59, []],
  ["hour", 0, 23, []],
  ["day of the month", 1, 31, []],
  ["month", 1, 12, ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]],
  ["day of the week", 0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]],
];

/**
 * What is wrong in a schedule of cron, as Kubernetes reads it (robfig/cron, five fields); undefined where nothing is. A schedule
 * that begins with `@` has been checked by its pattern.
 */
export function cronFault(schedule: string): string | undefined {
  if (schedule.startsWith("@")) return undefined;
  const fields = schedule.split(/ +/);
  for (const [index, [name, least, most, names]] of FIELDS.entries()) {
    const field = fields[index] ?? "";
    if (!field.split(",").every((part) => isPart(part, least, most, names)))
      return `${field} is no ${name}; write numbers from ${least} to ${most}, *, or */5`;
  }
  return neverFault(fields);
}

/** The most days of each month; February has 29 now and then. */
const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day that none of the months has. Where the day of the week is named, too, cron runs on that as well. */
function neverFault([, , day = "*", month = "*", weekday = "*"]: readonly string[]): string | undefined {
  if (/^[*?]/.test(day) || /^[*?]/.test(month) || !/^[*?]/.test(weekday)) return undefined;
  const first = Math.min(...numbersOf(day, 1, 31, []));
  const longest = Math.max(...numbersOf(month, 1, 12, FIELDS[3]?.[3] ?? []).map((each) => DAYS[each] ?? 31));
  return first <= longest
    ? undefined
    : `none of these months has a day ${first}, so that it never runs; write another day`;
}

/** The first numbers of each part of a field that was found right. */
function numbersOf(field: string, least: number, most: number, names: readonly string[]): readonly number[] {
  return field.split(",").flatMap((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [from = "", to = part.includes("/") ? String(most) : from] = range.split("-");
    const [first, last] = [numberOf(from, names) ?? least, numberOf(to, names) ?? most];
    return Array.from(
      { length: Math.floor((last - first) / Number(step)) + 1 },
      (_, index) => first + index * Number(step),
    );
  });
}

function isPart(part: string, least: number, most: number, names: readonly string[]): boolean {
  const [range = "", step, more] = part.split("/");
  if (more !== undefined || (step !== undefined && !(/^\d{1,4}$/.test(step) && Number(step) > 0))) return false;
  if (range === "*" || range === "?") return true;
  const [from = "", to = from, third] = range.split("-");
  const [first, last] = [from, to].map((text) => numberOf(text, names));
  if (first === undefined || last === undefined || third !== undefined) return false;
  return first >= least && last <= most && first <= last;
}

function numberOf(text: string, names: readonly string[]): number | undefined {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  const named = text === "" ? -1 : names.indexOf(text.toLowerCase());
  return named < 0 ? undefined : named;
}
