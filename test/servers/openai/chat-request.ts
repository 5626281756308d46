import * as z from "zod";
import { Refusal } from "./refusal.ts";
import { COMMON, checkStrict, checkTool, Effort, Name, readBody, Schema, Verbosity } from "./shared-shapes.ts";
import type { Asked } from "./transcript.ts";

const Part = z.strictObject({ type: z.literal("text"), text: z.string() });
const Content = z.union([z.string(), z.array(Part)]);
const Message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: Content, name: z.string().optional() }),
  z.strictObject({ role: z.literal("developer"), content: Content, name: z.string().optional() }),
  z.strictObject({ role: z.literal("user"), content: Content, name: z.string().optional() }),
  z.strictObject({
    role: z.literal("assistant"),
    content: Content.nullish(),
    refusal: z.string().nullish(),
    name: z.string().optional(),
    tool_calls: z
      .array(
        z.strictObject({
          id: z.string(),
          type: z.literal("function"),
          function: z.strictObject({ name: Name, arguments: z.string() }),
        }),
      )
      .min(1)
      .optional(),
  }),
  z.strictObject({ role: z.literal("tool"), tool_call_id: z.string(), content: Content }),
]);

const Body = z.strictObject({
  ...COMMON,
  messages: z.array(Message).min(1),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  n: z.literal(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  reasoning_effort: Effort.nullish(),
  verbosity: Verbosity.nullish(),
  response_format: z
    .strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({
        name: Name,
        schema: Schema,
        strict: z.boolean().nullish(),
        description: z.string().optional(),
      }),
    })
    .optional(),
  tool_choice: z.enum(["none", "auto", "required"]).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: Name,
          description: z.string().optional(),
          parameters: Schema.optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    )
    .min(1)
    .max(128)
    .optional(),
});

/** `POST /v1/chat/completions`, read strictly. Throws Refusal. */
export function readChat(body: unknown, strictTools = true): Asked & { readonly model: string } {
  const read = readBody(Body, body);
  for (const [index, { function: tool }] of (read.tools ?? []).entries())
    checkTool(tool.name, `tools[${index}].function.parameters`, tool, strictTools);
  const format = read.response_format?.json_schema;
  if (format !== undefined)
    checkStrict(`response_format '${format.name}'`, "response_format", format.strict, format.schema);
  // The newest models of OpenAI know the other name alone.
  if (read.max_tokens !== undefined && /^(gpt-5|o\d)/.test(read.model))
    throw new Refusal(
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: "max_tokens", code: "unsupported_parameter" },
    );
  checkCalls(read.messages);
  const told = (roles: readonly string[]) =>
    read.messages.flatMap((one) => (roles.includes(one.role) && one.content ? [textOf(one.content)] : []));
  return {
    api: "chat",
    model: read.model,
    instructions: told(["system", "developer"]).join("\n\n"),
    text: told(["user", "tool"]).join("\n\n"),
    outputs: told(["tool"]),
    turn: read.messages.filter((one) => one.role === "assistant").length,
    tools: (read.tools ?? []).map((tool) => tool.function.name),
    shape: Object.keys(Schema.safeParse(format?.schema.properties).data ?? {}),
  };
}

function textOf(content: z.infer<typeof Content>): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("");
}

/** Each call of a turn is answered once, in any order, before anything else is said. */
function checkCalls(messages: readonly z.infer<typeof Message>[]): void {
  let open: readonly string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.includes(message.tool_call_id))
        throw new Refusal(
          400,
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          { param: `messages.[${index}].role` },
        );
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) break;
    if (message.role === "assistant") open = (message.tool_calls ?? []).map((call) => call.id);
  }
  if (open.length > 0)
    throw new Refusal(
      400,
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(", ")}`,
      { param: "messages" },
    );
}
