import type { IssueProposal } from "../../domain/alert/incident.ts";
import { encodeIssueMarker } from "../../domain/alert/issue-marker.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { holdKey } from "../../domain/review/hold.ts";
import { code, prose } from "../markdown.ts";

/** The issue that holds an agent while it is open: who asked for it, why, and how it ends. `reason` is what a person wrote; "" without one. */
export function holdIssue(agent: AgentKey, by: string, reason: string): IssueProposal {
  const key = holdKey(agent);
  const lead = `**${code(agent, 128)} is held**, as ${code(by, 64)} asked${reason === "" ? "." : `: ${prose(reason, 400)}`}`;
  const what =
    "While this issue is open, RAOS opens no pull request for this agent and merges none by itself. Open ones stay, and people may merge them.";
  const end = `To end it, close this issue, comment ${code("/raos resume")} here, or run ${code(`raos hold ${agent} --release`, 200)}.`;
  const body = [lead, what, end, encodeIssueMarker({ key })].join("\n\n");
  return { key, title: `Held: ${agent}`, body, labels: [] };
}

/** What RAOS comments when it closes the issue. */
export function resumedSentence(by: string): string {
  return `Ended, as ${code(by, 64)} asked.`;
}
