import type { AlertReason } from "../domain/alert/incident.ts";
import type { Decision, DecisionKind } from "../domain/decision.ts";
import type { ForgeErrorCode, MergeHold } from "../forge/forge.ts";

/** Reasons that a decision gives. */
type DecisionReason = {
  [K in DecisionKind]: Decision<K> extends { readonly reason: infer R } ? R : never;
}[DecisionKind];

/** Reasons that only acting finds. */
export type ActionReason =
  | "checks-failing"
  | "checks-pending"
  | "changed-meanwhile"
  | "head-differs-from-plan"
  | "base-moved"
  | Exclude<MergeHold["kind"], "none" | "merge-queue">
  | "enqueued"
  | "low-risk"
  | "deadline"
  | "repository-is-empty"
  | "repository-is-archived"
  | "fork-without-configuration"
  | `forge-${ForgeErrorCode}`;

/** Every word that `reason` of an outcome may hold, but for a denial, whose reason is the text of its guardrails. */
export type Reason = DecisionReason | ActionReason | AlertReason;

export interface ReasonText {
  readonly says: string;
  /** The word for it in earlier versions of the output. */
  readonly formerly?: string;
}

/** The version of the words below; it grows when one is renamed. Earlier words are never used for anything else. */
const REASONS_VERSION = 2;

/** What each reason says. */
export const REASONS: Readonly<Record<Reason, ReasonText>> = {
  "agent-removed": { says: "The agent that the issue is about was removed." },
  "ambiguous-agent": { says: "The alert's labels fit several agents." },
  "ambiguous-environment": { says: "The alert's labels fit several environments." },
  "auto-merge": { says: "Somebody turned on auto-merge; GitHub merges it as soon as its rules allow." },
  "base-moved": { says: "The default branch moved while the pull request was verified; the next pass tries again." },
  "cannot-tell": {
    says: "What was merged runs, and what is measured does not show whether it is well, as its comment explains.",
  },
  "changed-lately": {
    says: "What runs was changed less than a day before, so that what was measured is about something else; a remedy with a schedule or a query waits.",
  },
  "changed-meanwhile": { says: "The pull request changed while it was verified; the next pass tries again." },
  "changed-since": { says: "Somebody changed a value that the pull request changes." },
  "changed-since-alert": {
    says: "The spec was changed after the alert began, a short time ago; RAOS waits to see whether the alert ends.",
  },
  "changes-requested": { says: "A reviewer asks for changes, so it is not merged." },
  "checks-failing": { says: "The pull request would merge, but its checks fail." },
  "checks-missing": {
    says: "It would merge, but checks that the branch requires have not passed or not been reported.",
  },
  "checks-pending": { says: "The pull request merges once its checks pass." },
  "closed-by-a-person": {
    says: "A person closed the pull request or issue; it stays closed until its content changes.",
  },
  "content-changed": { says: "The files of the pull request are not what they should be." },
  "cool-down": {
    says: "A change for the same incident was merged a short time ago; where no alert fires, an agent is changed once a week at most.",
  },
  deadline: { says: "The pass reached its deadline; the next pass does the rest." },
  denied: { says: "A guardrail denies the change, or the change has Problems." },
  duplicate: { says: "Another open pull request or issue is about the same; the older one stays." },
  enqueued: { says: "It was added to the merge queue, which merges it." },
  "fires-again": { says: "The alert fires again, so what was changed for it is not taken back." },
  "forge-blocked": { says: "A branch of somebody else has the name that the bot's branch needs; `message` names it." },
  "forge-conflict": {
    says: "The pull request does not merge cleanly, or somebody's commits are on its branch; `message` says which.",
  },
  "forge-forbidden": { says: "The forge does not allow the bot to do this." },
  "forge-invalid": { says: "The forge refused what the bot sent." },
  "forge-not-found": { says: "The forge does not have the repository or pull request any more." },
  "forge-protected": {
    says: "The rules of a branch do not allow it, as `message` says: meet them, let RAOS bypass them, or leave the branches `raos/**/*` out of them.",
  },
  "forge-rate-limited": { says: "The forge limits the bot's requests; the next pass tries again." },
  "forge-stale": { says: "The branch changed in the meantime; the next pass tries again." },
  "forge-unauthorized": { says: "The forge does not accept the bot's credential." },
  "forge-unavailable": { says: "The forge does not answer; the next pass tries again." },
  "fork-without-configuration": {
    says: "The repository is a fork, and has no raos.yaml of its own; commit one to use RAOS there.",
  },
  "head-differs-from-plan": { says: "The pull request would merge, but merging it changes other files than planned." },
  held: { says: "A person holds the agent, by an open issue, so nothing is opened or merged for it." },
  "held-back": {
    says: "A change was found that RAOS does not make by itself, as the issue explains: a person has to decide.",
  },
  "held-by-rules": {
    says: "It would merge, but the rules of the branch hold it back, such as an open conversation, a missing signature or a deployment.",
  },
  "in-merge-queue": { says: "It is in the merge queue, which merges it." },
  "incomplete-read": {
    says: "Not everything that the decision needs could be read; the next pass tries again.",
    formerly: "doubtful-read",
  },
  investigating: { says: "The model has not answered yet." },
  "is-a-draft": {
    says: "The pull request would merge, but a person made it a draft; mark it as ready to have it merged.",
  },
  "limits.openPulls": { says: "As many pull requests are open as `openPulls` in raos.yaml allows." },
  "limits.pullsPerHour": { says: "As many were opened in the last hour as `pullsPerHour` in raos.yaml allows." },
  "low-risk": { says: "A policy accepts the pull request without a person." },
  "max-changes-per-day": { says: "The agent was changed today as often as `supervision.maxChangesPerDay` allows." },
  "model-not-asked": { says: "A dry run does not ask the model; a real pass would." },
  "no-configuration": {
    says: "The pull request that proposed a raos.yaml was merged, but the default branch holds none; commit one.",
  },
  "no-data": {
    says: "The alert's rule read no data, so nothing is known to be wrong; after an hour an issue reports it.",
  },
  "no-longer-denied": { says: "The guardrails no longer deny the change, so its issue is closed." },
  "no-longer-needed": { says: "The default branch already holds what the pull request asks for." },
  "no-remedy": { says: "No remedy answers the alert, and no model is configured." },
  "not-about-an-agent": { says: "The alert names no agent." },
  "not-allowed": {
    says: "A rule has the answer, but the agent's `supervision.allowedPaths` does not include it; the issue says what to write.",
  },
  "not-opened-by-raos": {
    says: "Somebody else's pull request is open on the bot's branch; `raos pr adopt` takes it over.",
  },
  "not-verified": {
    says: "The change waits: in an environment before it does not run yet, is not judged yet or was found to be worse; or RAOS has an open pull request or issue about an alert of the agent there.",
  },
  "nothing-to-do": { says: "Nothing differs, or the incident needs no change." },
  "opposes-open-change": {
    says: "An open pull request lets the agent do more at a time, or less; this change would do the opposite.",
  },
  "outside-allowed-paths": {
    says: "The agent's `supervision.allowedPaths` does not include what a remedy without an alert would change.",
  },
  "outside-schedule": { says: "`schedule` of raos.yaml does not allow new pull requests now." },
  "person-edited-the-branch": {
    says: "A person's commit is on the branch, so the bot does not change it; `raos pr adopt` takes it over.",
  },
  "person-edited-the-text": {
    says: "A person edited the pull request's text, which holds what the bot would plan again.",
  },
  question: { says: "No remedy finds a change, and no model could be asked: a person has to look." },
  "registry-unavailable": {
    says: "The registry of the agent's image cannot be read, so nothing is changed; the message says why.",
  },
  replaced: { says: "A later change took the place of the merged one before that was judged." },
  report: { says: "The issue reports what happens; nothing can be changed in a spec." },
  "repository-is-archived": { says: "The repository is archived: nobody can write to it, and RAOS leaves it alone." },
  "repository-is-empty": { says: "The default branch has no commit." },
  resolved: { says: "The alert has ended." },
  "review-required": { says: "It would merge, but the rules of the branch require a review." },
  "rolling-out": { says: "What was merged is on its way to the cluster." },
  "same-change-is-open": { says: "Another open pull request asks for the same change, or for one of the same value." },
  "several-candidates": {
    says: "Something got worse after several changes; the issue lists them, and none is taken back by itself.",
  },
  soaking: {
    says: "The change waits until the environments before have had it for as long as `promotion.soak` in raos.yaml says.",
  },
  "spec-has-problems": { says: "The agent's spec has Problems, so nothing can be planned for it." },
  "stale-base": { says: "The default branch changed the same files since the pull request was made." },
  superseded: { says: "Another pull request holds the change now." },
  "taken-back-by-a-person": {
    says: "A person took back what was promoted, so that nothing is promoted by itself until `raos promote` is asked for.",
  },
  "text-changed": { says: "Title or body of the pull request are not what they should be." },
  "too-little-history": {
    says: "A remedy with a schedule or a query changes a value only by measurements that go back a week.",
  },
  "unknown-agent": { says: "The alert names an agent that the repository does not have." },
  "unknown-environment": { says: "The alert's labels fit no environment of raos.yaml." },
  unresolved: { says: "The model investigated and found no change to propose." },
  "up-to-date": { says: "The open pull request or issue is as it should be." },
  verified: { says: "What was merged runs, and is no worse than before." },
  verifying: { says: "What was merged runs; after `verification.after` RAOS looks whether it is well." },
  "version-taken-back": { says: "The version was merged and taken back since; only a newer one is proposed." },
  worse: { says: "What was merged is worse than before, or did not roll out." },
};

/** The reasons as a chapter of the reference, in Markdown. */
export function reasonsReference(): string {
  const rows = Object.entries(REASONS).map(
    ([reason, { says, formerly }]) =>
      `| \`${reason}\` | ${says} | ${formerly === undefined ? "" : `\`${formerly}\``} |`,
  );
  return [
    "## Reasons of outcomes",
    "",
    "`raos reconcile --output json` prints one outcome for each agent: `cause`, `agent`, `kind`, `reason`, and what belongs to it:",
    "`pull`, `issue`, `remedy`, `problems`, `message`. Of `kind: denied` the reason is the text of the guardrails. Of an alert that",
    "belongs to no agent it goes on with `: ` and the alert's name.",
    "",
    `These are the words of version ${REASONS_VERSION}. A word that had another name in version 1 is listed with it.`,
    "",
    "| reason | what it says | in version 1 |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
