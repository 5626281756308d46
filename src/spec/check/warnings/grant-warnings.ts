import type { AgentSpec } from "../../../domain/agent/agent.ts";
import { createGrantOf } from "../../../domain/grant/create-grant.ts";
import type { SpecFault } from "../rules/spec-fault.ts";

const YEAR = 366 * 86_400_000;

/** Grants by which nothing can be asked for, and agents that end when nobody remembers them. `max: 0` is how people forbid it. */
export function grants({ supervision: { createAgents } }: AgentSpec): readonly SpecFault[] {
  if (createAgents === undefined || createAgents.max === 0) return [];
  const path = ["supervision", "createAgents"];
  const { templates, budget, sponsor, perDay, maxDepth, timeToLive } = createGrantOf(createAgents);
  const nothing = [
    ...(templates.length === 0 ? ["templates"] : []),
    ...(["cpu", "memory"] as const).filter((name) => budget[name] === 0).map((name) => `budget.${name}`),
    ...(budget.dollars === 0 ? ["budget.dollarsPerDay"] : []),
    ...(sponsor === undefined ? ["sponsor"] : []),
    ...(perDay === 0 ? ["perDay"] : []),
    ...(maxDepth === 0 ? ["maxDepth"] : []),
  ];
  const message = `nothing can be asked for with no ${nothing.join(", no ")}; write that, or remove createAgents`;
  const lacking = nothing.length === 0 ? [] : [{ path, message }];
  if (timeToLive <= YEAR) return lacking;
  const years = `${createAgents.timeToLive} is ${Math.round(timeToLive / YEAR)} years, so that nobody is asked whether the agents are still needed; write 90d or less`;
  return [...lacking, { path: [...path, "timeToLive"], message: years }];
}

/** Tools that wait for a person's approval, where nobody passes one on. For the stock agent; an image of your own may have its way. */
export function unanswered({ tools = [], access }: AgentSpec): readonly SpecFault[] {
  if ((access?.callers ?? []).some(({ approves }) => approves === true)) return [];
  return tools.flatMap((tool, index): readonly SpecFault[] => {
    if (!("mcp" in tool) || (tool.mcp.requireApproval ?? []).length === 0) return [];
    const message =
      "nobody may approve, so that each of these calls waits until its task is cancelled; add who asks people to access.callers, with approves: true";
    return [{ path: ["tools", index, "mcp", "requireApproval"], message }];
  });
}
