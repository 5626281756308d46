import * as z from "zod";
import { apiVersion, kind, Metadata } from "./kind-header.ts";

/** A span of time as Prometheus writes it. */
const Span = z
  .string()
  .max(32)
  .regex(/^(\d+(ms|s|m|h|d|w))+$/, "is not a span of time; write 15m, 6h or 7d");

const Expression = z.string().min(1).max(4096);
/** A PromQL or LogQL text with `{{agent.name}}` and the like in it, whose values are escaped when filled in. */
const Query = z.string().min(1).max(4096);
const Name = z
  .string()
  .max(64)
  .regex(/^[a-z][A-Za-z0-9]*$/, "is not a name for evidence; write workingSet");
const Pointer = z
  .string()
  .max(256)
  .regex(/^\/spec(\/[^/]+)+$/, "is not a pointer below /spec, such as /spec/scaling/max");

const Evidence = z
  .strictObject({
    name: Name.describe("Name that expressions use: evidence.<name>"),
    promql: Query.optional().describe("PromQL, over a range"),
    logql: Query.optional().describe("LogQL; its lines are summarised"),
    kubernetes: z
      .enum(["pods", "events", "workload", "quota", "autoscaler"])
      .optional()
      .describe("Objects of the agent to read"),
    history: z.literal("spec").optional().describe("The commits of the agent's spec, and the spec before the last"),
    range: Span.default("1h").describe("How far back to look"),
    unit: z
      .enum(["bytes", "cores", "seconds", "ratio", "count", "dollars"])
      .default("count")
      .describe("What the numbers are"),
    threshold: Expression.optional().describe("CEL; where the alert draws the line, drawn into the chart"),
    lines: z.int().min(1).max(5000).default(200).describe("Most log lines"),
    required: z.boolean().default(false).describe("Whether nothing is proposed without it"),
  })
  .refine(
    (one) => [one.promql, one.logql, one.kubernetes, one.history].filter((part) => part !== undefined).length === 1,
    "evidence has exactly one of promql, logql, kubernetes and history",
  );

const Edit = z.strictObject({
  at: Pointer.describe("What to change, as a pointer into the spec in effect"),
  to: Expression.optional().describe("CEL; the new value. Left out: the value is taken away"),
  when: Expression.optional().describe("CEL; false: this edit is dropped"),
  as: z
    .enum(["memory", "cpu", "integer", "json"])
    .default("json")
    .describe("How to write the value: memory (256Mi), cpu (250m), a whole number, or as it is"),
  rollback: z
    .boolean()
    .default(false)
    .describe("It takes back what was changed before the alert began, also by a person; once a day at most"),
  why: z.string().min(1).max(512).describe("A sentence for the reviewer"),
});

/** What to do about an alert, in `policies/`. */
export const Remedy = z
  .strictObject({
    apiVersion,
    kind: kind("Remedy"),
    metadata: Metadata,
    spec: z
      .strictObject({
        description: z.string().max(1024).optional().describe("What the remedy does, in a sentence"),
        on: z
          .strictObject({
            alerts: z.array(z.string().min(1).max(256)).min(1).max(64).describe("Names of the alerts it answers"),
            when: Expression.optional().describe("CEL; false: another remedy, or none"),
          })
          .describe("Which alerts"),
        evidence: z.array(Evidence).max(16).default([]).describe("What to find out first"),
        edits: z.array(Edit).max(16).default([]).describe("What to change"),
        otherwise: z
          .enum(["ask", "report", "none"])
          .default("report")
          .describe("Where no edit remains: ask the model, report to a person in an issue, or do nothing"),
        fold: Expression.optional().describe(
          "CEL; a text that many agents' alerts share where they have one cause, such as the node",
        ),
        cooldown: Span.default("1h").describe("After a change was merged or refused, wait this long for the next"),
        whenResolved: z
          .enum(["keep", "close"])
          .default("keep")
          .describe("What becomes of an open pull request once the alert ends"),
        verify: z
          .strictObject({
            promql: Query.describe("PromQL that holds once it is well"),
            after: Span.default("15m").describe("How long after the roll-out to look"),
          })
          .optional()
          .describe("How to tell whether it helped"),
      })
      .describe("Which alerts, what evidence, which edits"),
  })
  .describe("What to do about an alert");
export type Remedy = z.infer<typeof Remedy>;
