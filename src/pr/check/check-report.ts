import type { FileChange } from "../../domain/change-set.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import { isOfOrganisation } from "../../domain/kinds/organisation-path.ts";
import type { Problem } from "../../domain/problem.ts";
import type { CheckReport } from "../../domain/review/check-report.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { withoutComments } from "../html-comments.ts";
import { code, counted, prose, span } from "../markdown.ts";

/** A pull request that RAOS would open after the merge. */
export interface FollowUp {
  readonly title: string;
  readonly body: string;
  readonly verdict: Verdict;
  readonly files: readonly FileChange[];
  /** Whether it holds what is generated from the specs, which may as well be on the branch of the pull request itself. */
  readonly isGenerated: boolean;
}

/**
 * Whether the files that follow go to the pull request's own branch. "separate": they come after the merge, and where there is
 * a `branch` a person may have them here by a button. "refused": they should be here, but could not be written.
 */
export type Generation =
  | { readonly kind: "separate"; readonly isOffered: boolean }
  | { readonly kind: "refused"; readonly reason: string };

/** What merging a pull request would do, compared with the default branch as it is. */
export type MergeFindings =
  | { readonly kind: "conflict"; readonly branch: string }
  /** The configuration on the default branch has Problems, and none once this is merged. */
  | { readonly kind: "mended"; readonly branch: string }
  | {
      readonly kind: "merged";
      readonly branch: string;
      /** Agents whose specs, shared inputs or generated files change. */
      readonly agents: readonly AgentKey[];
      /** Problems that the default branch does not have. */
      readonly problems: readonly Problem[];
      /** Problems that the default branch has already. */
      readonly knownProblems: number;
      /** What the guardrails deny, each with the file that asks for it. */
      readonly denials: readonly Problem[];
      readonly followUps: readonly FollowUp[];
      /** Follow-up pull requests beyond those in the list. */
      readonly more: number;
      /** Whether it changes policies, which count once they are merged. */
      readonly changesPolicies: boolean;
      readonly generation: Generation;
    };

type Merged = Extract<MergeFindings, { kind: "merged" }>;

/** GitHub's limit of a check's summary and of its text, in bytes to be on the safe side. */
const LONGEST = 65_535;
/** Lines of a list; the annotations hold all. */
const MOST_LISTED = 50;

/** The check of a pull request: the result in a sentence, what was found, and the texts of the pull requests that would follow. */
export function checkReportOf(found: MergeFindings): CheckReport {
  if (found.kind === "conflict") return conflictReport(found.branch);
  if (found.kind === "mended") return mendedReport(found.branch);
  const { problems, denials } = found;
  const { conclusion, title } = resultOf(found);
  return {
    conclusion,
    title,
    summary: summaryOf(found),
    text: textOf(found.followUps),
    offersGenerate: found.followUps.some(({ isGenerated }) => isGenerated) && isOffered(found.generation),
    // A line of another repository cannot be marked here.
    annotations: [...problems, ...denials].flatMap((problem) =>
      isOfOrganisation(problem.file) ? [] : [annotationOf(problem)],
    ),
  };
}

function annotationOf({ file, line, column, pointer, message }: Problem): CheckReport["annotations"][number] {
  return {
    ...{ path: file, line, column, level: "failure" },
    message: pointer === "" ? message : `${pointer}: ${message}`,
  };
}

function mendedReport(branch: string): CheckReport {
  return {
    conclusion: "success",
    title: "The configuration has no Problems any more",
    summary: `On ${span(branch)} the configuration has Problems, so that RAOS plans nothing there. With this merged it has none, and what follows is planned.`,
    text: undefined,
    annotations: [],
    offersGenerate: false,
  };
}

function conflictReport(branch: string): CheckReport {
  return {
    conclusion: "neutral",
    title: `Conflicts with ${branch}`,
    summary: `This does not merge into ${span(branch)} cleanly, so nothing can be said about the result. Once the conflicts are resolved, RAOS looks again.`,
    text: undefined,
    annotations: [],
    offersGenerate: false,
  };
}

function isOffered(generation: Generation): boolean {
  return generation.kind === "refused" || generation.isOffered;
}

function resultOf({
  problems,
  denials,
  followUps,
  more,
  agents,
  generation,
}: Merged): Pick<CheckReport, "conclusion" | "title"> {
  if (problems.length > 0) return { conclusion: "failure", title: counted(problems.length, "Problem") };
  if (denials.length > 0)
    return { conclusion: "failure", title: `Guardrails deny ${counted(denials.length, "change")}` };
  const count = followUps.length + more;
  if (count > 0 && generation.kind === "refused")
    return { conclusion: "failure", title: "The generated files are out of date" };
  if (count === 0 && agents.length === 0) return { conclusion: "neutral", title: "No agent is touched" };
  if (count === 0) return { conclusion: "success", title: "The generated files match the specs" };
  const reviewed = followUps.filter(({ verdict }) => verdict.kind === "review").length;
  const review = reviewed === 0 ? "" : reviewed === 1 ? "; 1 needs a review" : `; ${reviewed} need a review`;
  return { conclusion: "success", title: `Merging leads to ${counted(count, "pull request")}${review}` };
}

function summaryOf(found: Merged): string {
  const { branch, knownProblems, problems, denials, changesPolicies, generation, followUps } = found;
  const parts = [
    listOf("Problems", problems),
    listOf("Denied by guardrails", denials),
    followUps.length > 0 && generation.kind === "refused" ? refusedSentence(generation.reason) : "",
    followUpList(found),
    changesPolicies
      ? `The guardrails on ${span(branch)} judged this; those of this pull request count once it is merged.`
      : "",
    knownProblems === 0
      ? ""
      : `${span(branch)} has ${counted(knownProblems, "Problem")} already, which this pull request leaves as ${knownProblems === 1 ? "it is" : "they are"}.`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? resultSentence(found) : parts.join("\n\n");
}

function refusedSentence(reason: string): string {
  return `The generated files belong on this branch (\`generate: in-place\`), but could not be committed: ${prose(reason, 500)}`;
}

function resultSentence({ agents }: Merged): string {
  return agents.length === 0
    ? "Nothing that RAOS reads changes."
    : "What lies in `deploy/` is what the specs ask for, so no pull request follows.";
}

function listOf(title: string, problems: readonly Problem[]): string {
  if (problems.length === 0) return "";
  const lines = problems.slice(0, MOST_LISTED).map(({ file, line, column, pointer, message }) => {
    const place = code(`${file}:${line}:${column}`, 300);
    return `- ${place}${pointer === "" ? "" : ` ${code(pointer)}`} ${prose(message, 800)}`;
  });
  const rest = problems.length - lines.length;
  return [`**${title}**`, "", ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n");
}

function followUpList({ followUps, more }: Merged): string {
  if (followUps.length === 0) return "";
  const lines = followUps.slice(0, MOST_LISTED).map(({ title, verdict }) => {
    const review = verdict.kind === "review" ? " (a guardrail wants it reviewed)" : "";
    return `- ${prose(title, 256)}${review}`;
  });
  const rest = followUps.length - lines.length + more;
  const all = [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])];
  return ["**After the merge, RAOS opens**", "", ...all].join("\n");
}

/** The texts of the follow-up pull requests, as many as fit; titles stand above them where there are several. */
function textOf(followUps: readonly FollowUp[]): string | undefined {
  const parts: string[] = [];
  let room = LONGEST;
  for (const { title, body } of followUps) {
    const shown = withoutComments(body).trim();
    const part = followUps.length === 1 ? shown : `## ${prose(title, 256)}\n\n${shown}\n\n`;
    const size = Buffer.byteLength(part);
    if (size > room) continue;
    parts.push(part);
    room -= size;
  }
  return parts.length === 0 ? undefined : parts.join("").trimEnd();
}
