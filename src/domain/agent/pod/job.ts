import * as z from "zod";
import { Seconds } from "./pod-scalars.ts";

const Week = 604_800;

/** How a Job or CronJob runs. */
export const JobFields = z
  .strictObject({
    schedule: z
      .string()
      .max(128)
      .regex(
        /^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|[0-9A-Za-z*,/?-]{1,64}( {1,4}[0-9A-Za-z*,/?-]{1,64}){4})$/,
        'is not a schedule of cron: minute, hour, day of the month, month and day of the week, such as "0 6 * * Mon"',
      )
      .optional()
      .describe("CronJob: when it runs, as cron has it, such as 0 6 * * Mon"),
    timeZone: z
      .string()
      .max(64)
      .optional()
      .describe("CronJob: IANA time zone, such as Europe/Berlin; left out: that of the cluster's control plane"),
    concurrencyPolicy: z
      .enum(["Allow", "Forbid", "Replace"])
      .optional()
      .describe("CronJob: what happens where the last run has not ended; left out: Forbid"),
    suspend: z.boolean().optional().describe("true: nothing runs until it is taken away"),
    startingDeadlineSeconds: z.int().min(10).max(Week).optional().describe("CronJob: how late a run may begin"),
    successfulJobsHistoryLimit: z.int().min(0).max(100).optional().describe("CronJob: ended runs to keep; left out: 3"),
    failedJobsHistoryLimit: z.int().min(0).max(100).optional().describe("CronJob: failed runs to keep; left out: 1"),
    backoffLimit: z.int().min(0).max(100).optional().describe("How often a failed run is tried again; left out: 6"),
    activeDeadlineSeconds: z.int().min(1).max(Week).optional().describe("How long a run may take, with every try"),
    ttlSecondsAfterFinished: Seconds.optional().describe(
      "How long an ended run is kept; left out: until it is replaced",
    ),
    parallelism: z.int().min(1).max(1000).optional().describe("Pods of a run at a time; left out: 1"),
    completions: z.int().min(1).max(10_000).optional().describe("Pods of a run that have to succeed; left out: 1"),
  })
  .describe("How a Job or CronJob runs");
