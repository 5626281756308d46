import * as z from "zod";
import { millisecondsOf } from "../values/duration.ts";

/** A span of time as Prometheus writes it. */
export const RemedySpan = z
  .string()
  .max(32)
  .regex(/^(\d+(ms|s|m|h|d|w))+$/, "is not a span of time; write 15m, 6h or 7d");

export const RemedyExpression = z.string().min(1).max(4096);
/** A PromQL or LogQL text with `{{agent.name}}` and the like in it, whose values are escaped when filled in. */
export const RemedyQuery = z.string().min(1).max(4096);

/** Longest time for which a query has to hold, in milliseconds: a day. */
const LONGEST_FOR = 86_400_000;

/** What a remedy answers: alerts by their names; a time; a query that holds; or a query at a time. */
export const RemedyOn = z
  .strictObject({
    alerts: z.array(z.string().min(1).max(256)).min(1).max(64).optional().describe("Names of the alerts it answers"),
    when: RemedyExpression.optional().describe("CEL on `alert`; false: another remedy, or none"),
    schedule: z
      .string()
      .max(128)
      .regex(
        /^[0-9A-Za-z*,/-]{1,64}( {1,4}[0-9A-Za-z*,/-]{1,64}){4}$/,
        'is not a schedule of cron: minute, hour, day of the month, month and day of the week, such as "0 6 * * Mon"',
      )
      .optional()
      .describe(
        "When it is due, as cron has it, such as 0 6 * * Mon. A time that was missed is caught up once, for a week",
      ),
    timezone: z
      .string()
      .max(64)
      .optional()
      .describe("IANA time zone of the schedule, such as Europe/Berlin; left out: UTC"),
    query: RemedyQuery.optional().describe(
      "PromQL, asked once for each environment. Each of its series is about the agent that its labels name, as those of an alert do. With `schedule`: asked as of the scheduled time; else in each pass",
    ),
    for: RemedySpan.refine((span) => millisecondsOf(span) <= LONGEST_FOR, "is longer than 1d")
      .optional()
      .describe("How long a series of the query has to be there without a gap, at most 1d; left out: at the moment"),
  })
  .superRefine(({ alerts, when, schedule, timezone, query, for: span }, context) => {
    const wrong = (message: string, path: readonly string[] = []) =>
      context.addIssue({ code: "custom", message, path: [...path] });
    const isTimed = schedule !== undefined || query !== undefined;
    if (alerts === undefined && !isTimed) wrong("it names nothing; write alerts, schedule or query");
    if (alerts !== undefined && isTimed)
      wrong("there are alerts besides a schedule or a query; make two remedies of it");
    if (timezone !== undefined && schedule === undefined)
      wrong("a time zone is for a schedule; add one, or remove it", ["timezone"]);
    if (span !== undefined && query === undefined) wrong("it is for a query; add one, or remove it", ["for"]);
    if (when !== undefined && alerts === undefined && query === undefined)
      wrong("a schedule alone has no labels to look at; remove it", ["when"]);
  });
