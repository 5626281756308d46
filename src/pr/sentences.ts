import type { Decision } from "../domain/decision.ts";
import type { Sha } from "../domain/values/scalars.ts";
import { code, some } from "./markdown.ts";

type CloseReason = Extract<Decision, { kind: "close" }>["reason"];

/** What the bot comments when it closes a pull request. */
export function closingSentence(reason: CloseReason): string {
  return CLOSING_SENTENCES[reason];
}

const CLOSING_SENTENCES: Readonly<Record<CloseReason, string>> = {
  "no-longer-needed":
    "The default branch already holds what this pull request asked for, so there is nothing left to merge.",
  superseded: "Another pull request now contains this change.",
  resolved: "The alert ended before this was merged, and its remedy makes no change after the alert has ended.",
  duplicate: "Another pull request asks for the same change; the older one stays open.",
  "changed-since":
    "Somebody has since changed the value that this pull request was to change, so it no longer applies.",
  "fires-again": "The alert fires again, so what was changed for it stays.",
  denied: "A guardrail denies this change now. Change the spec or the guardrail, and a new pull request is opened.",
};

/** What the bot comments when a person asked it to take a pull request over. */
export function adoptionSentence(head: Sha): string {
  return `A person asked RAOS to take this over (\`raos pr adopt\`), so it is closed, and RAOS opens it again with a commit of its own. What was on the branch stays readable as \`${head.slice(0, 12)}\`.`;
}

/** What the bot comments, once, when a person's commit is on its branch. */
export function handsOffSentence(branch: string): string {
  return `There is a commit on \`${branch}\` that RAOS did not make, so RAOS no longer changes this pull request. Merge it or close it; once it is closed and the branch is deleted, RAOS opens a new pull request for what the specs still ask for. \`raos pr adopt\` has RAOS replace it.`;
}

/** What the bot comments, once, when a person closed the pull request that would configure it. */
export function refusalSentence(): string {
  return "RAOS leaves this repository alone, and does not ask again. To come back, reopen this pull request (restore its branch first, where it was deleted), or commit a `raos.yaml`.";
}

/** What the bot comments when a person asked it to make a pull request again. */
export function recreationSentence(head: Sha): string {
  return `A person asked RAOS to make this again (\`/raos recreate\`), so it is closed, and RAOS opens it again with a commit of its own. What was on the branch stays readable as \`${head.slice(0, 12)}\`.`;
}

/** Which required checks nothing has passed; their names are somebody else's words. */
export function missingChecksSentence(checks: readonly string[]): string {
  const named = some(
    checks.map((name) => code(name, 100)),
    5,
  );
  return `The rules of the branch require ${named}, which ${checks.length === 1 ? "has" : "have"} not passed on this commit. Let what reports ${checks.length === 1 ? "it" : "them"} run, or take ${checks.length === 1 ? "it" : "them"} out of the rules.`;
}
