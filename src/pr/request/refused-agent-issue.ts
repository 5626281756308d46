import type { IssueProposal } from "../../domain/alert/incident.ts";
import { encodeIssueMarker, leadHash } from "../../domain/alert/issue-marker.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { code, prose } from "../markdown.ts";

/** What the agents of a line were refused on one day. */
export interface RefusedAgent {
  /** The agent at the top of the line. */
  readonly root: AgentKey;
  /** Those that asked, sorted. */
  readonly askers: readonly AgentKey[];
  /** The first message of each reason, by the reason. */
  readonly messages: ReadonlyMap<string, string>;
  readonly at: Instant;
}

const MOST_REASONS = 10;
const MOST_ASKERS = 5;

const NEXT =
  "<sub>This issue closes two days after the last refusal. If you close it yourself, it stays closed for a week.</sub>";

/**
 * The issue that says that an agent, or several of its line, ask for more than their grants. It changes with the day and with the
 * reasons, and not with each call, so that agents that ask without end write nothing more. `key`: `branchFor` of the cause.
 */
export function refusedAgentIssue(key: string, { root, askers, messages, at }: RefusedAgent): IssueProposal {
  const isRoot = askers.every((asker) => asker === root);
  const reasons = [...messages].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = reasons.map(([reason]) => code(reason, 63)).join(", ");
  const day = new Date(at).toISOString().slice(0, 10);
  const more = askers.length > MOST_ASKERS ? ` and ${askers.length - MOST_ASKERS} more` : "";
  const listed = `${askers
    .slice(0, MOST_ASKERS)
    .map((asker) => code(asker, 128))
    .join(", ")}${more}`;
  const what = isRoot
    ? `The agent ${code(root, 128)} asks again and again for more than its grant`
    : `Agents of the line of ${code(root, 128)} ask again and again for more than their grants`;
  const who = isRoot ? "" : ` Those that asked: ${listed}.`;
  const lead = `**${what}**; RAOS refuses it: ${names}.${who} Last on ${day} (UTC).`;
  const lines = reasons
    .slice(0, MOST_REASONS)
    .map(([reason, message]) => `- ${code(reason, 63)}: ${prose(message, 400)}`);
  const todo = `Nothing is written for these requests, and nothing has to be done to stop them. If the line should have more, widen \`supervision.createAgents\` in ${code(`agents/${root}.yaml`, 160)} first, which bounds all below it; if not, look at why they ask. ${code(`raos lineage ${root}`, 160)} shows the line.`;
  const body = [
    lead,
    `For example:\n\n${lines.join("\n")}`,
    todo,
    NEXT,
    encodeIssueMarker({ key, lead: leadHash(lead), seen: at }),
  ];
  const title = isRoot ? `${root} asks for more than its grant` : `Agents below ${root} ask for more than their grants`;
  return { key, title: title.slice(0, 200), body: body.join("\n\n"), labels: [] };
}
