import type { Issue } from "../../../domain/alert/incident.ts";
import { decodeIssueMarker } from "../../../domain/alert/issue-marker.ts";
import { refusedAgentCause, refusedAgentOf } from "../../../domain/request/refused-agent.ts";
import type { Pass } from "../../../pass/pass.ts";
import { readIssues } from "../../../pass/people/read-issues.ts";
import { type Step, stepWithoutPlan } from "../../../pass/step.ts";
import { openRefusals } from "./open-refusals.ts";

/** The issue names the day of the last refusal, which may be a day old. */
const QUIET = 2 * 86_400_000;

/**
 * Closes the issues about agents that asked for more than their grant, and stopped; and of agents that are gone. Issues are read in the
 * first pass of a process, and while one may be open. Throws ForgeError.
 */
export async function* planEndedRefusals(pass: Pass): AsyncGenerator<Step> {
  const known = openRefusals(pass.world.memory);
  if (pass.isUnlimited || (known.isRead && known.agents.size === 0)) return;
  const read = await readIssues(pass);
  if (read === undefined || !read.complete) return;
  known.isRead = true;
  known.agents.clear();
  for (const issue of read.issues) {
    const agent = refusedAgentOf(issue.key);
    if (agent === undefined || issue.state !== "open") continue;
    const subject = { cause: refusedAgentCause(agent), agents: [agent] };
    if (pass.survey.pathOf(agent) === undefined) {
      const sentence = "The agent is gone, so that it can ask for nothing.";
      yield stepWithoutPlan(subject, { kind: "close-issue", issue, sentence, reason: "agent-removed" });
    } else if (pass.world.now() - lastSeen(issue) >= QUIET) {
      const sentence = "The agent has not been refused for two days.";
      yield stepWithoutPlan(subject, { kind: "close-issue", issue, sentence, reason: "no-longer-refused" });
    } else known.agents.add(agent);
  }
}

function lastSeen(issue: Issue): number {
  return decodeIssueMarker(issue.body)?.seen ?? issue.createdAt;
}
