import type { Decision } from "../domain/change.ts";

/** What the bot says when it closes a pull request. */
export function closingSentence(reason: Extract<Decision, { kind: "close" }>["reason"]): string {
  switch (reason) {
    case "no-longer-needed":
      return "The default branch already holds what this pull request asked for, so there is nothing left to merge.";
    case "superseded":
      return "This change is part of another pull request now, which holds the whole of it.";
    case "resolved":
      return "The alert ended before this was merged, and its remedy asks for nothing once it has ended.";
    case "duplicate":
      return "Another pull request asks for the same; the older one stays.";
    case "changed-since":
      return "Somebody has changed since what this pull request was to change, so it is about a value that is no more.";
    case "denied":
      return "A guardrail denies this change now. Change the spec or the guardrail, and a new pull request is opened.";
    default:
      return reason satisfies never;
  }
}

/** What the bot says, once, when a person's commit is on its branch. */
export function handsOffSentence(branch: string): string {
  return `There is a commit on \`${branch}\` that RAOS did not make, so it keeps its hands off this pull request. Merge it or close it as you see fit; once it is closed and the branch is gone, RAOS proposes anew what the specs still ask for.`;
}
