import type { ApiTool } from "../../../api/tool.ts";
import type { ApiDoor } from "../../../http/api/door.ts";
import type { McpHandler } from "../../../mcp/stateless.ts";
import { type ApiGate, letIn } from "./admission.ts";
import { holdsAll, lackedByBody, refuseScope } from "./require-scope.ts";

export const MCP_PATH = "/mcp";

/** MCP at `/mcp`, for those whom the gate lets in, and whose credential holds the scope of each tool that they call. */
export function createMcpDoor(gate: ApiGate, tools: readonly ApiTool[], answer: McpHandler): ApiDoor {
  return {
    name: MCP_PATH,
    serves: (path) => path === MCP_PATH,
    async admit(request) {
      const found = await letIn(request, gate);
      if (found.kind === "answer") return found;
      const { caller } = found;
      return {
        kind: "go",
        async answer(whole) {
          const lacked = holdsAll(caller) ? undefined : lackedByBody(await whole.clone().text(), caller, tools);
          return lacked === undefined ? answer(whole, caller) : refuseScope(lacked, caller, whole, gate);
        },
      };
    },
  };
}
