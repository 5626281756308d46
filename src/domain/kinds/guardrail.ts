import * as z from "zod";
import { DnsLabel } from "../values/scalars.ts";
import { apiVersion, kind, Metadata } from "./kind-header.ts";

const Expression = z.string().min(1).max(4096);

const Rule = z
  .strictObject({
    deny: Expression.optional().describe("CEL; true: the change is refused"),
    review: Expression.optional().describe("CEL; true: a person has to review the change"),
    warn: Expression.optional().describe("CEL; true: the reviewer gets a warning"),
    allow: Expression.optional().describe(
      "CEL; true: it is of low risk, and merges by itself where the agent's supervision.autoMerge says so",
    ),
    message: z.string().min(1).max(1024).describe("What the reviewer reads where the rule applies"),
  })
  .refine(
    (rule) =>
      [rule.deny, rule.review, rule.warn, rule.allow].filter((expression) => expression !== undefined).length === 1,
    "a rule has exactly one of deny, review, warn and allow",
  );

/** Rules on changes, in `policies/`. */
export const Guardrail = z
  .strictObject({
    apiVersion,
    kind: kind("Guardrail"),
    metadata: Metadata,
    spec: z
      .strictObject({
        description: z.string().max(1024).optional().describe("What the guardrail is for"),
        causes: z
          .array(z.enum(["drift", "alert", "request", "tune", "upgrade", "regression"]))
          .max(6)
          .optional()
          .describe("Which causes it judges; left out: all"),
        enforce: z
          .enum(["default", "always", "never"])
          .default("default")
          .describe("always: deny also a person's own commit, which otherwise is warned; never: it judges nothing"),
        environments: z.array(DnsLabel).max(32).optional().describe("Which environments it judges; left out: all"),
        rules: z.array(Rule).min(1).max(64).describe("The rules, each with one expression"),
      })
      .describe("What it judges, and how"),
  })
  .describe("Rules on changes, as CEL");
export type Guardrail = z.infer<typeof Guardrail>;
