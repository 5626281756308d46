import * as z from "zod";
import { isAgentKey } from "../../domain/review/hold.ts";
import { refuseCall } from "../tool.ts";
import type { Visit } from "./visit.ts";

/** The argument by which a tool is told an agent. */
export const AgentArgument = z.string().max(128).refine(isAgentKey, "is not tenant/name").describe("tenant/name");

/** Why an agent is not shown: it is not there, or the caller may not see it. The two are said alike. */
export function refuseHidden({ sight, read }: Visit, agent: string) {
  const isThere = read.survey.pathOf(agent) !== undefined && sight.sees(agent);
  return isThere
    ? undefined
    : refuseCall("unknown-agent", `there is no agent ${agent} that you may see; list_agents lists them`);
}
