import * as z from "zod";
import { millisecondsOf } from "../values/duration.ts";
import { apiVersion, kind, Metadata } from "./kind-header.ts";
import { RemedyExpression as Expression, RemedyQuery as Query, RemedyOn, RemedySpan as Span } from "./remedy-on.ts";

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
    threshold: Expression.optional().describe("CEL; the threshold of the alert, drawn into the chart"),
    peak: z
      .enum(["max", "min", "none"])
      .optional()
      .describe(
        "PromQL over more than four hours: whether its points hold the largest or the smallest sample since the point before, or the one at the point. Left out: the smallest where the query takes min or bottomk, none where all it reads are ranges, as in rate(x[5m]), and else the largest",
      ),
    lines: z.int().min(1).max(5000).default(200).describe("Most log lines"),
    required: z.boolean().default(false).describe("Whether nothing is proposed without it"),
  })
  .refine(
    (one) => [one.promql, one.logql, one.kubernetes, one.history].filter((part) => part !== undefined).length === 1,
    "evidence has exactly one of promql, logql, kubernetes and history",
  );

const Edit = z.strictObject({
  at: Pointer.describe("What to change, as a pointer into the spec in effect"),
  to: Expression.optional().describe("CEL; the new value. Left out: the value is removed"),
  when: Expression.optional().describe("CEL; false: this edit is dropped"),
  as: z
    .enum(["memory", "cpu", "integer", "json"])
    .default("json")
    .describe("How to write the value: memory (256Mi), cpu (250m), a whole number, or as it is"),
  rollback: z
    .boolean()
    .default(false)
    .describe("The edit undoes a change from before the alert, even a person's; at most once a day"),
  most: Expression.optional().describe("CEL; the largest value that the edit may set: a larger one is lowered to it"),
  least: Expression.optional().describe("CEL; the smallest value that the edit may set: a smaller one is raised to it"),
  why: z.string().min(1).max(512).describe("A sentence for the reviewer"),
});

const Note = z.strictObject({
  when: Expression.optional().describe("CEL; false, or not to be worked out: this note is left out"),
  say: z.string().min(1).max(512).describe("A sentence for the person who looks at it"),
  holds: z
    .boolean()
    .default(false)
    .describe("Where it is said, the remedy makes no edit, and no model is asked: an issue says it"),
});

/** What to do about an alert, at a time, or while a query holds; in `policies/`. */
export const Remedy = z
  .strictObject({
    apiVersion,
    kind: kind("Remedy"),
    metadata: Metadata,
    spec: z
      .strictObject({
        description: z.string().max(1024).optional().describe("What the remedy does, in a sentence"),
        enabled: z
          .boolean()
          .default(true)
          .describe(
            "false: it does nothing. One that ships is turned on or off by a remedy of its name in `policies/`",
          ),
        on: RemedyOn.describe("Which alerts, at which times, or while which query holds"),
        evidence: z.array(Evidence).max(16).default([]).describe("The evidence to read first"),
        edits: z.array(Edit).max(16).default([]).describe("What to change"),
        otherwise: z
          .enum(["ask", "report", "none"])
          .default("report")
          .describe("Where no edit remains: ask the model, report to a person in an issue, or do nothing"),
        notes: z
          .array(Note)
          .max(16)
          .default([])
          .describe("What an issue says of the evidence, and where to look first"),
        fold: Expression.optional().describe(
          "CEL; a text that many agents' alerts share where they have one cause, such as the node",
        ),
        cooldown: Span.optional().describe(
          "After a change was merged or refused, wait this long for the next; left out: 1h, and 7d, the least, where `on` has a schedule or a query",
        ),
        whenResolved: z
          .enum(["keep", "close"])
          .default("keep")
          .describe("What happens to an open pull request when the alert ends"),
        revert: z
          .strictObject({
            after: Span.refine((span) => millisecondsOf(span) <= 6 * 86_400_000, "is longer than 6d").describe(
              "How long no alert fires, and verify holds, before the old values are set again; at most 6d",
            ),
          })
          .optional()
          .describe("Whether a merged change is taken back, by a pull request, once all is well; for workarounds"),
        verify: z
          .strictObject({
            promql: Query.describe("PromQL that is true once the problem is solved"),
            after: Span.default("15m").describe("How long after the roll-out to look"),
          })
          .optional()
          .describe("How to tell whether it helped"),
      })
      .describe("On what, what evidence, which edits"),
  })
  .describe("What to do about an alert, at a time, or while a query holds");
export type Remedy = z.infer<typeof Remedy>;
