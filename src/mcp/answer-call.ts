import type { CallToolResult } from "@modelcontextprotocol/server";
import { callTool } from "../api/call-tool.ts";
import type { ToolContext } from "../api/context.ts";
import type { ApiTool } from "../api/tool.ts";
import type { Warn } from "../domain/warn.ts";

/** The result of a tool as MCP has it. A refusal is an error that the model sees, with its fixed reason first. Never throws. */
export async function answerCall(
  tool: ApiTool,
  input: unknown,
  context: ToolContext,
  warn: Warn,
): Promise<CallToolResult> {
  const result = await callTool(tool, input, context, warn);
  switch (result.kind) {
    case "done": {
      const { value } = result;
      const text = { type: "text", text: JSON.stringify(value) } as const;
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? { content: [text], structuredContent: { ...value } }
        : { content: [text] };
    }
    case "refused":
      return { isError: true, content: [{ type: "text", text: `${result.reason}: ${result.message}` }] };
    default:
      return result satisfies never;
  }
}
