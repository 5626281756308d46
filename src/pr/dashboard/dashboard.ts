import type { IssueProposal } from "../../domain/alert/incident.ts";
import { encodeIssueMarker } from "../../domain/alert/issue-marker.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { type Box, encodeBox } from "../../domain/review/dashboard-box.ts";
import { code, counted, prose, span } from "../markdown.ts";
import { type AnsweredTick, encodeAnswers } from "./requests.ts";

/** The key of the issue that shows the whole of a repository. No cause has a branch of this name. */
export const DASHBOARD_KEY = "raos/dashboard";

/** A pull request that is open. */
export interface OpenPullEntry {
  readonly number: number;
  readonly title: string;
  /** How it stands: a phrase of Markdown. */
  readonly state: string;
  readonly box: Box | undefined;
}

/** A change that has no open pull request, and why. */
export interface WaitingEntry {
  readonly agents: readonly AgentKey[];
  /** A sentence of Markdown. */
  readonly why: string;
  readonly box: Box | undefined;
}

/** All that a dashboard shows. */
export interface DashboardView {
  readonly open: readonly OpenPullEntry[];
  readonly waiting: readonly WaitingEntry[];
  readonly refused: readonly WaitingEntry[];
  readonly denied: readonly WaitingEntry[];
  /** Open issues of the bot: incidents without a change, and questions. */
  readonly issues: readonly { readonly number: number; readonly title: string }[];
  readonly problems: readonly Problem[];
  readonly answers: readonly AnsweredTick[];
}

/** Characters that the text may have: GitHub's limit, less the markers. */
const ROOM = 56_000;
/** Lines of a section; the smaller numbers are tried where the text is too long. */
const LINES = [100, 40, 15, 5];

const LEAD =
  "What RAOS does in this repository. It keeps this text up to date; tick a box to ask for what it says, if you may push here.";

/** The issue that shows the whole. The same view gives the same text. At most 65,536 characters, whatever it holds. */
export function dashboardIssue(view: DashboardView): IssueProposal {
  const texts = LINES.map((most) => textOf(view, most));
  const text = texts.find((one) => one.length <= ROOM) ?? LEAD;
  const hidden = [encodeAnswers(view.answers), encodeIssueMarker({ key: DASHBOARD_KEY })];
  const body = [text, ...hidden.filter((one) => one !== "")].join("\n\n");
  return { key: DASHBOARD_KEY, title: "RAOS dashboard", body, labels: [] };
}

function textOf(view: DashboardView, most: number): string {
  const sections = [
    section("Problems", view.problems.map(problemLine), most),
    section("Open pull requests", view.open.map(openLine), most, "Tick to have one built anew on the default branch."),
    section("Waiting", linesByReason(view.waiting), most, "Tick to have one opened now."),
    section("Closed by a person", linesByReason(view.refused), most, "Tick to have one opened again."),
    section("Denied by guardrails", linesByReason(view.denied), most),
    section("Issues", view.issues.map(issueLine), most),
    section("Asked for by ticks", view.answers.map(answerLine), most),
  ].filter((one) => one !== "");
  return [
    LEAD,
    ...(sections.length === 0 ? ["Nothing waits: what is deployed is what the specs ask for."] : sections),
  ].join("\n\n");
}

function section(title: string, lines: readonly string[], most: number, hint = ""): string {
  if (lines.length === 0) return "";
  const shown = lines.slice(0, most);
  const more = lines.length > most ? [`- …and ${counted(lines.length - most, "more")}`.replace(/s$/, "")] : [];
  const isTickable = hint !== "" && shown.some((line) => line.startsWith("- [ ]"));
  return [`### ${title} (${lines.length})`, ...(isTickable ? [hint] : []), [...shown, ...more].join("\n")].join("\n\n");
}

function openLine({ number, title, state, box }: OpenPullEntry): string {
  return `${box === undefined ? "-" : encodeBox(box)} #${number} ${prose(title, 200)} (${state})`;
}

/** One line for each change; those of one reason follow each other. */
function linesByReason(entries: readonly WaitingEntry[]): readonly string[] {
  const groups = Map.groupBy(entries, ({ why }) => why);
  return [...groups].flatMap(([why, group]) =>
    group.map(({ agents, box }) => `${box === undefined ? "-" : encodeBox(box)} ${agentsOf(agents)}: ${why}`),
  );
}

function agentsOf(agents: readonly AgentKey[]): string {
  const [first = "*", second] = agents;
  return second === undefined ? code(first, 120) : `${code(first, 120)} and ${counted(agents.length - 1, "other")}`;
}

function issueLine({ number, title }: DashboardView["issues"][number]): string {
  return `- #${number} ${prose(title, 200)}`;
}

function problemLine({ file, line, column, pointer, message }: Problem): string {
  return `- ${span(`${file}:${line}:${column}`, 200)} ${span(pointer, 120)} ${prose(message, 300)}`;
}

function answerLine({ by, asked, answer }: AnsweredTick): string {
  return `- ${prose(asked, 200)}, by ${by === undefined ? "somebody" : code(by, 64)}: ${prose(answer, 300)}`;
}
