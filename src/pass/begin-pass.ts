import type { Outcome } from "../domain/decision.ts";
import type { PullRequest } from "../domain/pull-request.ts";
import type { Survey } from "../survey/survey.ts";
import { createBudget } from "./budget.ts";
import type { LoadedPolicies } from "./load-policies.ts";
import type { Pass } from "./pass.ts";
import { readDefaultBranch } from "./read-commit.ts";
import { NO_ALERTS, needsHistory, type ReportedAlerts } from "./reported-alerts.ts";
import type { PlanningWorld } from "./world.ts";

export interface PassOptions {
  /** Plans every step, however many pull requests may be opened: `raos plan`. */
  readonly isUnlimited?: boolean;
  /** The steps are only planned, not acted on. */
  readonly isDryRun?: boolean;
  /** The reported alerts. Left out: unknown; then the pull requests of earlier alerts are still kept up to date. */
  readonly reported?: ReportedAlerts;
}

/** A pass that can go on, with the Problems found so far; or only outcomes, where the repository cannot be worked on. */
export type BegunPass =
  | { readonly kind: "pass"; readonly pass: Pass; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "nothing"; readonly branch: string; readonly outcomes: readonly Outcome[] };

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

/** Reads the repository and the forge. Writes nothing but caches. Throws GitError or ForgeError. */
export async function beginPass(world: PlanningWorld, options: PassOptions = {}): Promise<BegunPass> {
  const reported = options.reported ?? NO_ALERTS;
  const read = await readDefaultBranch(world);
  if (read.kind === "empty") return nothing(read.branch, { kind: "skipped", reason: "repository-is-empty" });
  if (read.kind === "archived") return nothing(read.branch, { kind: "skipped", reason: "repository-is-archived" });
  if (read.kind === "unreadable") return nothing(read.branch, { kind: "problem", problems: read.problems });
  const { base, isFork, commit, survey, policies } = read;
  if (options.isUnlimited === true && read.missing.length > 0)
    return nothing(base.branch, { kind: "problem", problems: read.missing });
  // A working folder is not asked for a configuration: it is planned with the defaults.
  const isConfigured = options.isUnlimited === true || read.isConfigured;
  if (isFork && !isConfigured) return nothing(base.branch, { kind: "skipped", reason: "fork-without-configuration" });
  const { pulls, openedLastHour, issues, recent } = await readForge(world, reported);
  const { open, duplicates } = openByBranch(pulls.pulls, base.branch);
  // Pull requests that somebody else opened on the bot's branches do not count against the bot's limit.
  const counts = { open: [...open.values()].filter((pull) => pull.openedByBot).length, openedLastHour };
  const pass: Pass = {
    ...{ world, base, commit, survey, policies },
    forge: { open, duplicates, complete: pulls.complete, account: pulls.account, issues, recent },
    reported,
    isConfigured,
    budget: createBudget(survey.fleet.config, counts, options.isUnlimited),
    isDryRun: options.isDryRun === true,
    isUnlimited: options.isUnlimited === true,
    wished: [],
    isPreview: false,
  };
  return { kind: "pass", pass, outcomes: isConfigured ? problemOutcomes(survey, policies) : [] };
}

/** Reads what the forge holds, concurrently; issues and ended pull requests only where there are alerts. */
async function readForge({ forge, now }: PlanningWorld, reported: ReportedAlerts) {
  const isAlerted = needsHistory(reported);
  const [pulls, opened, issues, recent] = await Promise.all([
    forge.pullRequests([]),
    forge.openedSince(now() - HOUR),
    isAlerted ? forge.issues() : { issues: [], complete: true },
    isAlerted ? forge.recentPulls(now() - WEEK) : [],
  ]);
  return { pulls, openedLastHour: opened?.length, issues, recent };
}

/**
 * The open pull request of each branch. A branch has several where one of them has another base. Then the bot's pull request
 * into the default branch counts, else the oldest; the bot's other ones are duplicates.
 */
function openByBranch(pulls: readonly PullRequest[], base: string) {
  const rank = (pull: PullRequest) => (pull.openedByBot ? (pull.base === base ? 0 : 1) : 2);
  const all = pulls.filter((pull) => pull.state === "open");
  const lastCounts = all.toSorted((a, b) => rank(b) - rank(a) || b.number - a.number);
  const open = new Map(lastCounts.map((pull) => [pull.branch, pull]));
  return { open, duplicates: all.filter((pull) => pull.openedByBot && open.get(pull.branch) !== pull) };
}

function problemOutcomes(found: Survey, policies: LoadedPolicies): readonly Outcome[] {
  const ofPolicies = policies.problems.length === 0 ? [] : [{ key: "", problems: policies.problems }];
  return [...found.problems, ...ofPolicies].map(({ key, problems }) => {
    return { cause: "drift", agent: key === "" ? "*" : key, kind: "problem", problems };
  });
}

function nothing(branch: string, rest: Pick<Outcome, "kind" | "reason" | "problems">): BegunPass {
  return { kind: "nothing", branch, outcomes: [{ cause: "drift", agent: "*", ...rest }] };
}
