import * as z from "zod";
import { millisecondsOf } from "../values/duration.ts";
import { DnsLabel } from "../values/scalars.ts";

/** Milliseconds: 30 days; Git's history is read as far back as five weeks. */
const LONGEST_SOAK = 30 * 86_400_000;

/** Milliseconds: a day. */
const LONGEST_VERIFICATION = 86_400_000;

const EnvironmentName = DnsLabel.describe("Name of an environment");

/** The order in which environments get a change. */
export const Promotion = z.strictObject({
  waves: z
    .array(z.array(EnvironmentName).min(1).max(100).describe("Environments that a change reaches together"))
    .min(1)
    .max(20)
    .describe("The environments in the order in which a change reaches them; each of spec.environments once"),
  soak: z
    .string()
    .max(32)
    .regex(/^([1-9]\d{0,5}[mhd])+$/, "is not a duration; write 30m, 4h or 1d")
    .refine((text) => millisecondsOf(text) <= LONGEST_SOAK, "is longer than 30 days; write 30d or less")
    .optional()
    .describe("How long a change has to have been in the wave before; left out: no time"),
  gate: z
    .enum(["verified", "merged"])
    .default("verified")
    .describe(
      "verified: what is wanted runs in the waves before, as far as their clusters are configured, was judged there and not found to be worse, and no alert about the agent is open there; merged: nothing is asked for but the time",
    ),
});

/** How what was merged is looked at. */
export const VerificationTime = z.strictObject({
  after: z
    .string()
    .max(32)
    .regex(/^([1-9]\d{0,5}[mh])+$/, "is not a duration; write 15m or 1h")
    .refine((text) => millisecondsOf(text) <= LONGEST_VERIFICATION, "is longer than a day; write 24h or less")
    .default("15m")
    .describe("How long after a change runs it is compared with the time before"),
});

/** Where RAOS is introduced without being asked. */
export const Onboarding = z.strictObject({
  repositories: z
    .array(
      z
        .string()
        .max(100)
        .regex(/^[\w.*-]+$/, "is not the name of a repository; write its name, in which * stands for any letters"),
    )
    .max(1000)
    .default([])
    .describe("Names of repositories, in which * stands for any letters"),
});
