import type { ApiDoor } from "../../../http/api/door.ts";
import type { McpHandler } from "../../../mcp/stateless.ts";
import { type ApiGate, letIn } from "./admission.ts";

export const MCP_PATH = "/mcp";

/** MCP at `/mcp`, for those whom the gate lets in. */
export function createMcpDoor(gate: ApiGate, answer: McpHandler): ApiDoor {
  return {
    name: MCP_PATH,
    serves: (path) => path === MCP_PATH,
    async admit(request) {
      const found = await letIn(request, gate);
      return found.kind === "answer" ? found : { kind: "go", answer: (whole) => answer(whole, found.caller) };
    },
  };
}
