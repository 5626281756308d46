import * as z from "zod";
import { mapOf } from "../values/map-of.ts";
import { DnsLabel, Labels } from "../values/scalars.ts";
import { Dapr } from "./agent-dapr.ts";
import { A2a, Access, Networking } from "./agent-exposure.ts";
import { RunLimits } from "./agent-limits.ts";
import { Instructions, LanguageModel, ModelRef, Tool } from "./agent-model.ts";
import { Observability, Scaling, Supervision } from "./agent-operations.ts";
import { Runtime } from "./agent-runtime.ts";

export const API_VERSION = "raos.dev/v1alpha1";

const TemplateRef = z.strictObject({
  ref: DnsLabel.describe("Name of an AgentTemplate"),
  parameters: mapOf(z.string().max(64), z.union([z.string().max(4096), z.number(), z.boolean()]), 64)
    .optional()
    .describe("Values of the template's parameters"),
});

/** The complete spec of an agent, after template, stage and overlay were merged; defaults fill unset fields. */
export const AgentSpec = z.strictObject({
  description: z.string().min(1).max(2048).describe("What the agent does; shown on its A2A card"),
  version: z
    .string()
    .max(64)
    .regex(/^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/, "is not a semantic version; write 1.2.0")
    .default("0.1.0")
    .describe("Version of the agent, semantic"),
  stage: z
    .enum(["local", "prototype", "medium", "planet"])
    .default("prototype")
    .describe("DACA stage; sets defaults, each explicit field wins"),
  template: TemplateRef.optional().describe("The template this agent is made from"),
  runtime: Runtime.prefault({}),
  instructions: Instructions,
  model: LanguageModel,
  modelRef: ModelRef.optional(),
  limits: RunLimits.optional(),
  tools: z.array(Tool).max(128).optional().describe("MCP servers and A2A peers the agent may use"),
  dapr: Dapr.prefault({}),
  a2a: A2a.prefault({}),
  access: Access.optional(),
  scaling: Scaling.prefault({}),
  networking: Networking.optional(),
  observability: Observability.prefault({}),
  supervision: Supervision.prefault({}),
  labels: Labels.optional().describe("Further labels of the agent's objects"),
});
export type AgentSpec = z.infer<typeof AgentSpec>;

/**
 * What an agent file, a template or an overlay may set before the merge: every field is optional, and `null` removes the value
 * of a lower layer.
 */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : string extends keyof T
    ? { readonly [K in keyof T]: DeepPartial<T[K]> | null }
    : T extends object
      ? { readonly [K in keyof T]?: DeepPartial<T[K]> | null }
      : T;
