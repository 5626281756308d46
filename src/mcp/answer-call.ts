import type { CallToolResult, InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import { callTool } from "../api/call-tool.ts";
import type { ToolContext } from "../api/context.ts";
import type { ApiTool, ToolResult } from "../api/tool.ts";
import type { Json } from "../domain/values/scalars.ts";
import type { Warn } from "../domain/warn.ts";
import { askQuestions, askToConfirm, canBeAsked, type Rounds, readReply, refusalResult } from "./rounds.ts";

export interface AnswerOptions {
  readonly context: ToolContext;
  readonly rounds: Rounds;
  readonly warn: Warn;
}

/**
 * The result of a tool as MCP has it. A client that can ask somebody is asked to confirm what takes something away, and what has to be
 * known first; any other gets questions as the refusal `needs-answers`. Never throws.
 */
export async function answerCall(
  tool: ApiTool,
  input: Readonly<Record<string, unknown>>,
  call: ServerContext,
  { context, rounds, warn }: AnswerOptions,
): Promise<CallToolResult | InputRequiredResult> {
  const reply = readReply(tool, input, call);
  const isAsking = canBeAsked(call);
  if (reply.kind === "declined") return refusalResult("declined", "whoever was asked said no; nothing was done");
  if (tool.isDestructive && isAsking && reply.kind !== "confirmed") return askToConfirm(tool, input, rounds, call);
  const answered = reply.kind === "answered" ? { ...input, answers: reply.answers } : input;
  const result = await callTool(tool, answered, context, warn);
  const isQuestion = result.kind === "questions" && isAsking;
  return isQuestion ? askQuestions(tool, input, result.questions, rounds, call) : plainResult(result);
}

function plainResult(result: ToolResult<Json>): CallToolResult {
  switch (result.kind) {
    case "done": {
      const { value } = result;
      const text = { type: "text", text: JSON.stringify(value) } as const;
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? { content: [text], structuredContent: { ...value } }
        : { content: [text] };
    }
    case "questions": {
      const lines = result.questions.map((question) => `- ${question}`).join("\n");
      return refusalResult("needs-answers", `call again with the same arguments and answers to:\n${lines}`);
    }
    case "refused":
      return refusalResult(result.reason, result.message);
    default:
      return result satisfies never;
  }
}
