import { isWholeTenant, tenantOf } from "../domain/agent-key.ts";
import type { IncidentDetails, Issue, IssueProposal } from "../domain/alert/incident.ts";
import { decodeIssueMarker, encodeIssueMarker, leadHash } from "../domain/alert/issue-marker.ts";
import { spentOn } from "../domain/alert/spent.ts";
import type { ReportReason } from "../domain/decision.ts";
import type { Instant } from "../domain/values/scalars.ts";
import { evidenceSection } from "./body/evidence-section.ts";
import { incidentSentence } from "./body/incident-sentence.ts";
import { queriesSection } from "./body/queries-section.ts";
import { permissionText } from "./caution/permission-text.ts";
import { prose } from "./markdown.ts";
import { noDataWords } from "./no-data-words.ts";
import { emptySourceSentences, refusalSentences } from "./refusal-sentences.ts";
import { sendersNote } from "./senders.ts";

/** Characters an issue's body may have: GitHub's limit, less the marker. */
const ROOM = 60_000;

const EXPLANATIONS: Readonly<Record<ReportReason, string>> = {
  question: "No rule has an answer, and no model could be asked: a person has to look at this.",
  "held-back": "A change was found that RAOS does not make by itself. A person has to decide:",
  "not-allowed": "A rule has the answer, but RAOS may not make this change by itself: the spec does not allow it.",
  report: "A person has to look at this: RAOS does not change anything here by itself.",
  denied: "RAOS planned a change, but may not make it.",
  unresolved: "The model investigated this and found no change to propose.",
  "max-changes-per-day": "RAOS has changed this agent as often today as `supervision.maxChangesPerDay` allows.",
};

const UNREAD = "Until it can be read, no rule has an answer: a person has to look at this.";

/** The issue for an incident without a pull request. Its key is the incident's branch name, so that each incident has one. */
export function proposeIssue(
  incident: IncidentDetails,
  outcome: { readonly kind: ReportReason; readonly reasons: readonly string[] },
  key: string,
): IssueProposal {
  const refusals = hasNoEdit(outcome.kind) ? refusalSentences(incident.evidence) : "";
  const empty = hasNoEdit(outcome.kind) ? emptySourceSentences(incident.evidence) : "";
  // Without evidence no rule could answer: that no model could be asked either is not what has to be mended.
  const isUnread = refusals !== "" && outcome.kind === "question";
  const reasons = isUnread ? [] : outcome.reasons.slice(0, 10).map((reason) => `- ${prose(reason, 400)}`);
  const explanation = isUnread ? UNREAD : EXPLANATIONS[outcome.kind];
  const notes = (incident.notes ?? []).map((note) => `- ${prose(note, 512)}`);
  const found = [...notes, ...reasons].join("\n");
  const allowing = outcome.kind === "not-allowed" ? permissionText(incident.dropped) : "";
  const { alerts, occasion } = incident.incident;
  const next = occasion === undefined ? NEXT : NEXT_OF_OCCASION;
  const lead = [leadOf(incident), refusals, empty, explanation, found, allowing, next].filter((part) => part !== "");
  let left = ROOM - lead.join("\n\n").length;
  const sections = [evidenceSection(incident), queriesSection(incident)].map((section) => {
    const text = section.map((make) => make()).find((each) => each.length + 2 < left) ?? "";
    left -= text.length + 2;
    return text;
  });
  const marker = encodeIssueMarker({ key, lead: leadHash(lead[0] ?? ""), ...spentOn(incident.finding) });
  const note = occasion === undefined ? sendersNote(alerts) : "";
  const body = [...lead.slice(0, -1), ...sections, next, note, marker].filter((part) => part !== "");
  return { key, title: titleOf(incident), body: body.join("\n\n"), labels: [] };
}

/** Whether no edit was found, so that a source that refuses to be read may be why. */
function hasNoEdit(kind: ReportReason): boolean {
  return kind === "question" || kind === "held-back" || kind === "report" || kind === "unresolved";
}

/**
 * The issue with its title and first paragraph updated to the present alerts; the findings below stay. Undefined where both are
 * up to date, or a person has changed the first paragraph.
 */
export function updatedIssueOf(
  issue: Issue,
  details: Pick<IncidentDetails, "incident" | "agents" | "remedy">,
): IssueProposal | undefined {
  const end = issue.body.indexOf("\n\n");
  const said = issue.body.slice(0, Math.max(0, end));
  const marker = decodeIssueMarker(issue.body);
  const [lead, title] = [leadOf(details), titleOf(details)];
  if (marker?.lead !== leadHash(said) || (said === lead && issue.title === title)) return undefined;
  const renewed = encodeIssueMarker({ ...marker, lead: leadHash(lead) });
  const rest = issue.body.slice(end).replace(encodeIssueMarker(marker), renewed);
  return { key: issue.key, title, body: `${lead}${rest}`, labels: [] };
}

/** The first paragraph: all that follows the present state of the alerts. */
function leadOf(details: Pick<IncidentDetails, "incident" | "agents" | "remedy">): string {
  return `${incidentSentence(details)}${noDataWords(details.incident.alerts)}`;
}

const NEXT =
  "<sub>This issue closes when the alert ends. If you close it yourself, it stays closed while this alert fires.</sub>";

const NEXT_OF_OCCASION =
  "<sub>This issue closes when the remedy no longer finds it. If you close it yourself, it stays closed for 30 days.</sub>";

/** The title names the first alert whose name is plain text, else the remedy. */
function titleOf({ incident, agents, remedy }: Pick<IncidentDetails, "incident" | "agents" | "remedy">): string {
  const name = incident.alerts.map((alert) => alert.name).find((one) => /^[\w. -]{1,60}$/.test(one)) ?? remedy.name;
  const [first = ""] = agents;
  const one = isWholeTenant(first) ? `tenant ${tenantOf(first)}` : first;
  const whom = agents.length === 1 ? one : `${agents.length} agents`;
  return `${name}: ${whom} in ${incident.environment}`.slice(0, 200);
}

/** What the bot comments when the incident has ended. */
export function issueClosingSentence(resolvedAt: Instant): string {
  return `The alert ended at ${new Date(resolvedAt).toISOString().slice(0, 16).replace("T", " ")} UTC.`;
}
