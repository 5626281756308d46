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

/** What an agent was refused in this process lately. */
interface Refused {
  readonly since: Instant;
  count: number;
  readonly messages: Map<string, string>;
  /** The day and the reasons that the issue was last written with: each is written once. */
  said: string;
}

const REFUSED = new WeakMap<World["memory"], Map<AgentKey, Refused>>();

/**
 * Keeps one issue about an agent that is refused by its grant again and again, however often it asks. A forge that fails changes nothing
 * for who asks; the next refusal tries again.
 */
export async function noteRefusal(world: World, from: Principal, submitted: Submitted): Promise<void> {
  return noteReasons(world, from, grantReasons(submitted));
}

/** As `noteRefusal`, where the reasons of the grant are known, each with its message. */
export async function noteReasons(
  world: World,
  from: Principal,
  reasons: readonly (readonly [reason: string, message: string])[],
): Promise<void> {
  if (from.kind !== "agent" || reasons.length === 0) return;
  const { agent, environment } = from;
  const refused = remember(world, agent, reasons);
  if (refused.count < REPEATED) return;
  const at = world.now();
  const said = [Math.floor(at / (24 * HOUR)), ...[...refused.messages.keys()].sort()].join(" ");
  if (said === refused.said) return;
  // Before anything is awaited: of a thousand refusals at once one writes.
  refused.said = said;
  try {
    const key = refusedAgentKey(agent);
    await write(world, refusedAgentIssue(key, { agent, environment, messages: refused.messages, at }), at);
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
export function isRefusedOften(world: World, agent: AgentKey): boolean {
  const known = REFUSED.get(world.memory)?.get(agent);
  return known !== undefined && known.count >= REPEATED && world.now() - known.since < HOUR;
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

function remember(world: World, agent: AgentKey, reasons: readonly (readonly [string, string])[]): Refused {
  const agents = REFUSED.get(world.memory) ?? new Map<AgentKey, Refused>();
  REFUSED.set(world.memory, agents);
  const known = agents.get(agent);
  const refused =
    known !== undefined && world.now() - known.since < HOUR
      ? known
      : { since: world.now(), count: 0, messages: new Map<string, string>(), said: known?.said ?? "" };
  agents.set(agent, refused);
  refused.count += 1;
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
