import type { ApiTool } from "./tool.ts";
import { createAgent } from "./tools/create-agent.ts";
import { explainValue } from "./tools/explain-value.ts";
import { getAgent } from "./tools/get-agent.ts";
import { getRollouts } from "./tools/get-rollouts.ts";
import { listAgents } from "./tools/list-agents.ts";
import { listIncidents } from "./tools/list-incidents.ts";
import { listPullRequests } from "./tools/list-pull-requests.ts";
import { planChange } from "./tools/plan-change.ts";
import { proposeEdit } from "./tools/propose-edit.ts";
import { queryEvidence } from "./tools/query-evidence.ts";
import { retireAgentTool } from "./tools/retire-agent.ts";

/** Every tool, in the order in which they are listed. */
export const TOOLS: readonly ApiTool[] = [
  ...[listAgents, getAgent, explainValue],
  ...[listPullRequests, listIncidents, getRollouts, queryEvidence, planChange],
  ...[proposeEdit, createAgent, retireAgentTool],
];
