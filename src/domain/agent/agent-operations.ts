import * as z from "zod";
import { Route } from "../values/scalars.ts";
import { CreateAgents, ImprovedAgents } from "./agent-grant.ts";

/** A share of the request in percent; who writes 0.7 means 70. */
const Percent = z
  .int({
    error: ({ input }) => (isShare(input) ? `is a share; write the percentage, ${Math.round(input * 100)}` : undefined),
  })
  .min(1)
  .max(1000);

function isShare(input: unknown): input is number {
  return typeof input === "number" && input > 0 && input < 1;
}

/** How many replicas an agent has. */
export const Scaling = z
  .strictObject({
    min: z.int().min(0).max(10_000).optional().describe("Minimum of replicas"),
    max: z.int().min(1).max(10_000).optional().describe("Maximum of replicas"),
    hpa: z
      .strictObject({
        cpu: Percent.optional().describe("Target CPU use, percent of the request"),
        memory: Percent.optional().describe("Target memory use, percent of the request"),
      })
      .optional()
      .describe("HorizontalPodAutoscaler: target utilisation, percent of the request"),
    keda: z
      .strictObject({
        query: z.string().min(1).max(4096).optional().describe("PromQL whose value is divided among replicas"),
        threshold: z.number().positive().optional().describe("Value of the query that one replica should handle"),
        kafkaLag: z.int().min(1).optional().describe("Kafka consumer lag that one replica should handle"),
      })
      .optional()
      .describe("KEDA ScaledObject: query and threshold, or kafkaLag"),
  })
  .describe("How many replicas, and by what");

const Slo = z.strictObject({
  errorRate: z.number().gt(0).lt(1).optional().describe("Share of requests that may fail, such as 0.01"),
  p95Seconds: z.number().positive().max(3600).optional().describe("95th percentile of latency, in seconds"),
});

const Tracing = z.strictObject({
  endpoint: z
    .string()
    .max(512)
    .regex(/^[^\s@]+$/, "is not host:port without credentials")
    .describe("OpenTelemetry collector, host:port"),
  samplingRate: z.number().min(0).max(1).optional().describe("Share of calls that are traced, 0 to 1"),
});

/** Metrics, objectives, dashboard and alerts of an agent. */
export const Observability = z
  .strictObject({
    metricsPath: Route.optional().describe(
      "Path of Prometheus metrics on the agent's port; left out: only Dapr's are scraped",
    ),
    slo: Slo.optional().describe("Service level: share of failed requests, 95th percentile of latency in seconds"),
    dashboard: z.boolean().default(true).describe("Whether a Grafana dashboard is made"),
    alerts: z.boolean().default(true).describe("Whether alert rules are made"),
    tracing: Tracing.optional().describe("Traces of Dapr's calls"),
  })
  .describe("Metrics, objectives, dashboard and alerts");

const SpecPointer = z
  .string()
  .max(256)
  .regex(/^\/spec(\/[^/]+)+$/, "is not a pointer below /spec, such as /spec/scaling");

/** What the bot may change of an agent by itself. */
export const Supervision = z
  .strictObject({
    allowedPaths: z.array(SpecPointer).max(64).optional().describe("What RAOS may change by itself, as JSON pointers"),
    autoMerge: z
      .enum(["never", "low-risk"])
      .default("never")
      .describe("Whether changes that no guardrail wants reviewed merge by themselves"),
    maxChangesPerDay: z.int().min(0).max(100).default(3).describe("Most changes a day that RAOS proposes"),
    createAgents: CreateAgents.optional(),
    improves: z
      .array(ImprovedAgents)
      .max(64)
      .optional()
      .describe(
        "Agents whose specs it may ask to change, within their supervision.allowedPaths, such as support/*; the same in every environment",
      ),
  })
  .describe("What the bot may change by itself");
