import { issuesByKey } from "../../causes/alert/issue-steps.ts";
import { openRefusals } from "../../causes/request/refusals/open-refusals.ts";
import type { Issue, IssueProposal } from "../../domain/alert/incident.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Principal } from "../../domain/request/principal.ts";
import { refusedAgentKey } from "../../domain/request/refused-agent.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { REFUSAL_REASONS } from "../../grants/refusal.ts";
import type { World } from "../../pass/world.ts";
import { isEditedByPerson, saysSame } from "../../pr/caution/denial-issue.ts";
import { refusedAgentIssue } from "../../pr/request/refused-agent-issue.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import type { Submitted } from "./submit-request.ts";

/** Being refused now and then is how an agent learns its grant; so many times within an hour is a loop. */
const REPEATED = 3;
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

/** What the agents of a line were refused in this process lately. */
interface Refused {
  readonly since: Instant;
  count: number;
  /** How often each of them was refused. */
  readonly askers: Map<AgentKey, number>;
  readonly messages: Map<string, string>;
  /** The day and the reasons that the issue was last written with: each is written once. */
  said: string;
}

const REFUSED = new WeakMap<World["memory"], Map<AgentKey, Refused>>();

/** An agent that asked, and the agent at the top of its line. */
export interface Asker {
  readonly from: Principal;
  readonly root: AgentKey | undefined;
}

/**
 * Keeps one issue about the agents of a line that are refused by their grants again and again, however many of them ask, and how often:
 * agents that ask for each other are one matter. A forge that fails changes nothing for who asks; the next refusal tries again.
 */
export async function noteRefusal(world: World, asker: Asker, submitted: Submitted): Promise<void> {
  return noteReasons(world, asker, grantReasons(submitted));
}

/** As `noteRefusal`, where the reasons of the grant are known, each with its message. */
export async function noteReasons(
  world: World,
  { from, root }: Asker,
  reasons: readonly (readonly [reason: string, message: string])[],
): Promise<void> {
  if (from.kind !== "agent" || reasons.length === 0) return;
  const agent = root ?? from.agent;
  const refused = remember(world, agent, from.agent, reasons);
  if (refused.count < REPEATED) return;
  const at = world.now();
  const said = [Math.floor(at / (24 * HOUR)), ...[...refused.messages.keys()].sort()].join(" ");
  if (said === refused.said) return;
  // Before anything is awaited: of a thousand refusals at once one writes.
  refused.said = said;
  try {
    const key = refusedAgentKey(agent);
    const { messages, askers } = refused;
    await write(world, refusedAgentIssue(key, { root: agent, askers: [...askers.keys()].sort(), messages, at }), at);
    openRefusals(world.memory).agents.add(agent);
  } catch (error) {
    refused.said = "";
    world.log.warn(
      { agent, error: error instanceof Error ? error.message : String(error) },
      "an issue was not written",
    );
  }
}

/** Whether an agent was refused so often lately that it is in a loop. */
export function isRefusedOften(world: World, { from, root }: Asker): boolean {
  if (from.kind === "person") return false;
  const known = REFUSED.get(world.memory)?.get(root ?? from.agent);
  return (known?.askers.get(from.agent) ?? 0) >= REPEATED && world.now() - (known?.since ?? 0) < HOUR;
}

/** The grant's reasons in what became of a request, each with its message. */
function grantReasons(submitted: Submitted): readonly (readonly [reason: string, message: string])[] {
  const known = new Set<string>(REFUSAL_REASONS);
  const said =
    submitted.kind === "refused"
      ? [[submitted.reason, submitted.message] as const]
      : submitted.kind === "submitted" && submitted.step.verdict?.kind === "deny"
        ? submitted.step.verdict.violations
            .filter(({ guardrail }) => guardrail === "grant")
            .map(({ message }) => [message.split(": ", 1)[0] ?? "", message.slice(message.indexOf(": ") + 2)] as const)
        : [];
  return said.filter(([reason]) => known.has(reason)).map(([reason, message]) => [reason, redactSecrets(message)]);
}

function remember(
  world: World,
  root: AgentKey,
  asker: AgentKey,
  reasons: readonly (readonly [string, string])[],
): Refused {
  const roots = REFUSED.get(world.memory) ?? new Map<AgentKey, Refused>();
  REFUSED.set(world.memory, roots);
  const known = roots.get(root);
  const refused: Refused =
    known !== undefined && world.now() - known.since < HOUR
      ? known
      : { since: world.now(), count: 0, askers: new Map(), messages: new Map(), said: known?.said ?? "" };
  roots.set(root, refused);
  refused.count += 1;
  refused.askers.set(asker, (refused.askers.get(asker) ?? 0) + 1);
  for (const [reason, message] of reasons) if (!refused.messages.has(reason)) refused.messages.set(reason, message);
  return refused;
}

async function write(world: World, report: IssueProposal, at: Instant): Promise<void> {
  const { issues, complete } = await world.forge.issues();
  const issue = issuesByKey(issues).byKey.get(report.key);
  if (issue?.state === "open") {
    if (!saysSame(issue, report) && !isEditedByPerson(issue)) await world.forge.updateIssue(issue, report);
  } else if (complete && !isClosedByPerson(issue, at)) await world.forge.openIssue(report);
}

function isClosedByPerson(issue: Issue | undefined, at: Instant): boolean {
  return issue !== undefined && !issue.closedByBot && at - (issue.endedAt ?? issue.createdAt) < WEEK;
}
