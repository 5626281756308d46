import * as z from "zod";
import { DnsLabel, Quantity } from "../values/scalars.ts";

/** A user or a team that owns something, as the forge names it. */
export const OwnerName = z
  .string()
  .max(128)
  .regex(/^@?[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)?$/, "is not a user or @org/team");

const Budget = z.strictObject({
  cpu: Quantity.default("0").describe("CPU cores that they request, each times its most replicas, such as 500m or 2"),
  memory: Quantity.default("0").describe("Memory that they request, counted in the same way, such as 4Gi"),
  dollarsPerDay: z
    .number()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe("Sum of their limits.dollarsPerDay, in US dollars"),
});

/** Which agents an agent may ask for. What is not said is not granted. */
export const CreateAgents = z
  .strictObject({
    max: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .describe("Most agents at a time below this one, over all generations: children, their children, and so on"),
    maxDepth: z.int().min(0).max(10).default(1).describe("Generations of agents below this one"),
    templates: z
      .array(DnsLabel)
      .max(64)
      .optional()
      .describe("Templates that the agents have to be made from; left out: none, so that nothing can be asked for"),
    budget: Budget.optional().describe(
      "What all agents below this one may request together, in each environment; left out: nothing",
    ),
    perDay: z.int().min(0).max(1000).default(5).describe("Most agents that it may ask for within 24 hours"),
    timeToLive: z
      .string()
      .max(8)
      .regex(/^[1-9]\d{0,3}[hdw]$/, "is not a time to live; write 12h, 30d or 4w")
      .default("30d")
      .describe("How long each of the agents lives, in hours, days or weeks; then RAOS proposes to remove it"),
    sponsor: OwnerName.optional().describe(
      "The user or @org/team that answers for the agents; left out: nothing can be asked for",
    ),
    onDelete: z
      .enum(["handOver", "remove"])
      .default("handOver")
      .describe(
        "What becomes of the agents when this one is deleted: the tenant's owners get them, or they go with it",
      ),
  })
  .describe("Which agents this one may ask for; the same in every environment");
export type CreateAgents = z.infer<typeof CreateAgents>;

/** `support/*`, or one agent. */
export const ImprovedAgents = z
  .string()
  .max(128)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/(\*|[a-z]([-a-z0-9]*[a-z0-9])?)$/,
    "is not an agent; write support/triage or support/*",
  );
