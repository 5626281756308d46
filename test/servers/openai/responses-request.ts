import * as z from "zod";
import { Refusal } from "./refusal.ts";
import {
  COMMON,
  checkStrict,
  checkTool,
  Effort,
  Metadata,
  Name,
  readBody,
  Schema,
  Verbosity,
} from "./shared-shapes.ts";
import type { Asked } from "./transcript.ts";

const Status = z.enum(["in_progress", "completed", "incomplete"]);
const InputText = z.strictObject({ type: z.literal("input_text"), text: z.string() });
const OutputPart = z.union([
  z.strictObject({
    type: z.literal("output_text"),
    text: z.string(),
    annotations: z.array(z.unknown()),
    logprobs: z.array(z.unknown()).optional(),
  }),
  z.strictObject({ type: z.literal("refusal"), refusal: z.string() }),
]);
const FunctionCall = z.strictObject({
  type: z.literal("function_call"),
  id: z.string().optional(),
  call_id: z.string(),
  name: Name,
  arguments: z.string(),
  status: Status.optional(),
});
const FunctionCallOutput = z.strictObject({
  type: z.literal("function_call_output"),
  id: z.string().nullish(),
  call_id: z.string(),
  output: z.union([z.string(), z.array(InputText)]),
  status: Status.nullish(),
});
const Item = z.union([
  z.strictObject({
    type: z.literal("message").optional(),
    role: z.enum(["user", "system", "developer"]),
    content: z.union([z.string(), z.array(InputText)]),
  }),
  z.strictObject({
    type: z.literal("message"),
    id: z.string(),
    role: z.literal("assistant"),
    status: Status,
    content: z.array(OutputPart),
  }),
  FunctionCall,
  FunctionCallOutput,
  z.strictObject({
    type: z.literal("reasoning"),
    id: z.string(),
    summary: z.array(z.strictObject({ type: z.literal("summary_text"), text: z.string() })),
    content: z.array(z.unknown()).optional(),
    encrypted_content: z.string().nullish(),
    status: Status.optional(),
  }),
]);

const Body = z.strictObject({
  ...COMMON,
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  include: z.array(z.enum(["reasoning.encrypted_content", "message.output_text.logprobs"])).nullish(),
  max_output_tokens: z.int().min(16).nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  previous_response_id: z.null().optional(),
  background: z.literal(false).nullish(),
  reasoning: z
    .strictObject({ effort: Effort.nullish(), summary: z.enum(["auto", "concise", "detailed"]).nullish() })
    .nullish(),
  text: z
    .strictObject({
      verbosity: Verbosity.nullish(),
      format: z
        .strictObject({
          type: z.literal("json_schema"),
          name: Name,
          schema: Schema,
          strict: z.boolean().nullish(),
          description: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  tool_choice: z.enum(["none", "auto", "required"]).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        name: Name,
        parameters: Schema.nullable(),
        strict: z.boolean().nullable(),
        description: z.string().nullish(),
      }),
    )
    .max(128)
    .optional(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  metadata: Metadata.nullish(),
});

/** `POST /v1/responses`, read strictly. `reasons`: which reasoning item each call of ours came with. Throws Refusal. */
export function readResponses(
  body: unknown,
  reasons: ReadonlyMap<string, string>,
  strictTools = true,
): Asked & { readonly model: string } {
  const read = readBody(Body, body);
  const items = typeof read.input === "string" ? [] : read.input;
  for (const [index, tool] of (read.tools ?? []).entries())
    checkTool(tool.name, `tools[${index}].parameters`, tool, strictTools);
  const format = read.text?.format;
  if (format !== undefined)
    checkStrict(`response_format '${format.name}'`, "text.format.schema", format.strict, format.schema);
  checkCalls(items);
  checkReasoning(items, reasons);
  const outputs = items.flatMap((item) => (item.type === "function_call_output" ? [textOf(item.output)] : []));
  const said = items.flatMap((item) => {
    if (item.type === "function_call_output") return [textOf(item.output)];
    return "role" in item && item.role !== "assistant" ? [textOf(item.content)] : [];
  });
  return {
    api: "responses",
    model: read.model,
    instructions: read.instructions ?? "",
    text: [...(typeof read.input === "string" ? [read.input] : []), ...said].join("\n\n"),
    outputs,
    turn: items.filter((item, index) => isOutput(item) && !isOutput(items[index - 1])).length,
    tools: (read.tools ?? []).map((tool) => tool.name),
    shape: Object.keys(Schema.safeParse(format?.schema.properties).data ?? {}),
  };
}

function isOutput(item: z.infer<typeof Item> | undefined): boolean {
  return item?.type === "function_call_output";
}

function textOf(content: string | readonly { readonly text: string }[]): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("");
}

/** Each call of a turn is answered once, in any order, before the model speaks again. */
function checkCalls(items: readonly z.infer<typeof Item>[]): void {
  let open: string[] = [];
  let isAnswering = false;
  const seen = new Set<string>();
  for (const item of items) {
    if (item.type === "function_call_output") {
      isAnswering = true;
      if (!open.includes(item.call_id))
        throw new Refusal(400, `No tool call found for function call output with call_id ${item.call_id}.`, {
          param: "input",
        });
      open = open.filter((id) => id !== item.call_id);
      continue;
    }
    if (isAnswering && open.length > 0) break;
    isAnswering = false;
    if (item.type !== "function_call") continue;
    if (seen.has(item.call_id)) throw new Refusal(400, `Duplicate call_id ${item.call_id}.`, { param: "input" });
    seen.add(item.call_id);
    open.push(item.call_id);
  }
  if (open.length > 0) throw new Refusal(400, `No tool output found for function call ${open[0]}.`, { param: "input" });
}

/** What a reasoning model thought before a call has to come back with it. */
function checkReasoning(items: readonly z.infer<typeof Item>[], reasons: ReadonlyMap<string, string>): void {
  const there = new Set(items.flatMap((item) => (item.type === "reasoning" ? [item.id] : [])));
  for (const item of items) {
    const reason = item.type === "function_call" ? reasons.get(item.call_id) : undefined;
    if (item.type === "function_call" && reason !== undefined && !there.has(reason))
      throw new Refusal(
        400,
        `Item '${item.id}' of type 'function_call' was provided without its required 'reasoning' item: '${reason}'.`,
        { param: "input" },
      );
  }
}
