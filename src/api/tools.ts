import type { ApiTool } from "./tool.ts";
import { listAgents } from "./tools/list-agents.ts";

/** Every tool, in the order in which they are listed. */
export const TOOLS: readonly ApiTool[] = [listAgents];
