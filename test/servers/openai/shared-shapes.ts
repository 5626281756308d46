import * as z from "zod";
import { Refusal } from "./refusal.ts";
import { strictProblem } from "./strict-schema.ts";

/** Shapes that both APIs have. Types follow the `openai` package's published ones; what is not in them is refused. */
export const Name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
export const Schema = z.record(z.string(), z.unknown());
export const Metadata = z.record(z.string().max(64), z.string().max(512));
export const Effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]);
export const Verbosity = z.enum(["low", "medium", "high"]);
export const Tier = z.enum(["auto", "default", "flex", "scale", "priority"]);

/** Fields that both APIs take, which change nothing here. */
export const COMMON = {
  model: z.string(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  metadata: Metadata.nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.enum(["in_memory", "24h"]).nullish(),
  safety_identifier: z.string().max(64).nullish(),
  service_tier: Tier.nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  user: z.string().optional(),
} as const;

/** The request's body as its shape has it; a Refusal in OpenAI's words otherwise. */
export function readBody<T>(shape: z.ZodType<T>, body: unknown): T {
  const read = shape.safeParse(body);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  const where = first?.path.map(String).join(".") ?? "";
  if (first?.code === "unrecognized_keys") {
    const param = [...first.path.map(String), first.keys[0] ?? ""].join(".");
    throw new Refusal(400, `Unknown parameter: '${param}'.`, { param, code: "unknown_parameter" });
  }
  throw new Refusal(400, `Invalid value for '${where}': ${first?.message ?? "it cannot be read"}.`, {
    param: where,
    code: "invalid_value",
  });
}

/** Tools and answers are held to strict mode, as this server's users want them to be. */
export function checkStrict(what: string, param: string, strict: boolean | null | undefined, schema: unknown): void {
  const problem = strict === true ? strictProblem(schema) : "strict has to be true";
  if (problem === undefined) return;
  throw new Refusal(400, `Invalid schema for ${what}: ${problem}`, { param, code: "invalid_function_parameters" });
}

/** As `checkStrict`, of a tool that need not be strict: tools of MCP servers have any schema. */
export function checkTool(
  name: string,
  param: string,
  tool: { readonly strict?: boolean | null | undefined; readonly parameters?: unknown },
  strictTools: boolean,
): void {
  if (strictTools || tool.strict === true) checkStrict(`function '${name}'`, param, tool.strict, tool.parameters);
}
