import type { ReportReason } from "../domain/change.ts";
import type { IncidentStory, Report, StandingIssue } from "../domain/incident.ts";
import { decodeIssueMarker, encodeIssueMarker, leadHash } from "../domain/issue-marker.ts";
import type { Instant } from "../domain/scalars.ts";
import { prose } from "./markdown.ts";
import { sendersNote } from "./senders.ts";
import { evidenceSection, happened, lookedSection } from "./story.ts";

/** Characters an issue's body may have: GitHub's limit, less the marker. */
const ROOM = 60_000;

const NEEDS: Readonly<Record<ReportReason, string>> = {
  question: "No rule knows an answer, and nobody else was there to ask: a person has to look.",
  report: "This is for a person: RAOS changes nothing here by itself.",
  denied: "A change was worked out, and it cannot be made.",
  unresolved: "It was looked into, and no change came of it that could be proposed.",
  "max-changes-per-day": "RAOS has changed this agent as often today as `supervision.maxChangesPerDay` lets it.",
};

/** The issue for an incident that ends in no pull request. The key is its branch's name, so that there is one for each. */
export function reportOf(
  story: IncidentStory,
  outcome: { readonly kind: ReportReason; readonly reasons: readonly string[] },
  key: string,
): Report {
  const reasons = outcome.reasons.slice(0, 10).map((reason) => `- ${prose(reason, 400)}`);
  const lead = [happened(story), NEEDS[outcome.kind], reasons.join("\n"), NEXT].filter((part) => part !== "");
  let left = ROOM - lead.join("\n\n").length;
  const sections = [evidenceSection(story), lookedSection(story)].map((section) => {
    const text = section.map((make) => make()).find((each) => each.length + 2 < left) ?? "";
    left -= text.length + 2;
    return text;
  });
  const marker = encodeIssueMarker({ key, lead: leadHash(lead[0] ?? "") });
  const note = sendersNote(story.incident.alerts);
  const body = [...lead.slice(0, -1), ...sections, NEXT, note, marker].filter((part) => part !== "");
  return { key, title: titleOf(story), body: body.join("\n\n"), labels: [] };
}

/**
 * The issue with what happens now in the place of what happened when it was opened; what was found out then stays. Undefined
 * where it says so already, or somebody wrote its first paragraph anew.
 */
export function renewedReport(
  issue: StandingIssue,
  story: Pick<IncidentStory, "incident" | "agents" | "remedy">,
): Report | undefined {
  const end = issue.body.indexOf("\n\n");
  const said = issue.body.slice(0, Math.max(0, end));
  const marker = decodeIssueMarker(issue.body);
  const [lead, title] = [happened(story), titleOf(story)];
  if (marker?.lead !== leadHash(said) || (said === lead && issue.title === title)) return undefined;
  const renewed = encodeIssueMarker({ ...marker, lead: leadHash(lead) });
  const rest = issue.body.slice(end).replace(encodeIssueMarker(marker), renewed);
  return { key: issue.key, title, body: `${lead}${rest}`, labels: [] };
}

const NEXT =
  "<sub>This issue closes when the alert ends. Close it yourself to say that you know: it stays closed while this alert fires.</sub>";

/** Names are plain words; an alert's is taken only where it is one. */
function titleOf({ incident, agents, remedy }: Pick<IncidentStory, "incident" | "agents" | "remedy">): string {
  const name = incident.alerts.map((alert) => alert.name).find((one) => /^[\w. -]{1,60}$/.test(one)) ?? remedy.name;
  const whom = agents.length === 1 ? (agents[0] ?? "") : `${agents.length} agents`;
  return `${name}: ${whom} in ${incident.environment}`.slice(0, 200);
}

/** What is said when the incident is over. */
export function closingReport(resolvedAt: Instant): string {
  return `The alert ended at ${new Date(resolvedAt).toISOString().slice(0, 16).replace("T", " ")} UTC.`;
}
