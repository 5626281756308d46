import type { IssueProposal } from "../../domain/alert/incident.ts";
import { encodeIssueMarker, leadHash } from "../../domain/alert/issue-marker.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { code, prose } from "../markdown.ts";

/** What an agent was refused on one day. */
export interface RefusedAgent {
  readonly agent: AgentKey;
  readonly environment: string;
  /** The first message of each reason, by the reason. */
  readonly messages: ReadonlyMap<string, string>;
  readonly at: Instant;
}

const MOST_REASONS = 10;

const NEXT =
  "<sub>This issue closes two days after the last refusal. If you close it yourself, it stays closed for a week.</sub>";

/**
 * The issue that says that an agent asks for more than its grant. It changes with the day and with the reasons, and not with each call,
 * so that an agent that asks without end writes nothing more. `key`: `branchFor` of the cause.
 */
export function refusedAgentIssue(key: string, { agent, environment, messages, at }: RefusedAgent): IssueProposal {
  const reasons = [...messages].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = reasons.map(([reason]) => code(reason, 63)).join(", ");
  const day = new Date(at).toISOString().slice(0, 10);
  const lead = `**The agent ${code(agent, 128)} (in ${code(environment, 63)}) asks again and again for more than its grant**; RAOS refuses it: ${names}. Last on ${day} (UTC).`;
  const lines = reasons
    .slice(0, MOST_REASONS)
    .map(([reason, message]) => `- ${code(reason, 63)}: ${prose(message, 400)}`);
  const todo = `Nothing is written for these requests, and nothing has to be done to stop them. If the agent should have more, widen \`supervision.createAgents\` in ${code(`agents/${agent}.yaml`, 160)}; if not, look at why it asks. ${code(`raos lineage ${agent}`, 160)} shows what is below it.`;
  const body = [
    lead,
    `For example:\n\n${lines.join("\n")}`,
    todo,
    NEXT,
    encodeIssueMarker({ key, lead: leadHash(lead), seen: at }),
  ];
  return { key, title: `${agent} asks for more than its grant`.slice(0, 200), body: body.join("\n\n"), labels: [] };
}
