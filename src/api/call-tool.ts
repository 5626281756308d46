import type { Json } from "../domain/values/scalars.ts";
import type { Warn } from "../domain/warn.ts";
import { holdsScope } from "../identity/scopes.ts";
import { ToolBusy, type ToolContext } from "./context.ts";
import { type ApiTool, refuseCall, type ToolResult } from "./tool.ts";

/**
 * Calls a tool whose scope the caller's credential holds. A system that fails is a refusal, which says nothing of addresses or
 * credentials; the log says more. Never throws.
 */
export async function callTool(
  tool: ApiTool,
  input: unknown,
  context: ToolContext,
  warn: Warn,
): Promise<ToolResult<Json>> {
  if (!holdsScope(context.caller.scopes, tool.scope))
    return refuseCall("insufficient-scope", `the token does not hold ${tool.scope}`);
  try {
    return await tool.call(input, context);
  } catch (error) {
    if (error instanceof ToolBusy) return refuseCall("busy", "too many calls wait for this repository; try again");
    warn({ tool: tool.name, error: error instanceof Error ? error.message : String(error) }, "a tool failed");
    return refuseCall("unavailable", "the repository or its forge cannot be read now; try again");
  }
}
