import { latestRuns } from "../checks/check-runs.ts";
import { commitsBetween, isAncestor } from "../git/commits.ts";
import { NO_OID } from "../git/git-store.ts";
import { verify } from "../git/signatures.ts";
import type { Pull, Repository, World } from "../model/model.ts";
import { Refusal } from "../model/refusal.ts";

/**
 * What rulesets and branch protection forbid, in the words that GitHub answers with (docs.github.com, "Available rules for
 * rulesets" and "About protected branches"). Nobody may bypass them here. People's own pushes (`push`, `setBranch`) are an
 * administrator's, and pass.
 */
type Rule = Readonly<Record<string, unknown>>;

/** The rules that hold for a branch. */
export function rulesOf(repository: Repository, branch: string): readonly Rule[] {
  return [...repository.branchRules].filter(([start]) => branch.startsWith(start)).flatMap(([, rules]) => rules);
}

const has = (rules: readonly Rule[], type: string): boolean => rules.some((rule) => rule.type === type);

/** Throws where a rule forbids that a branch is created, moved or deleted like this. */
export async function assertRefMove(
  world: World,
  repository: Repository,
  ref: string,
  before: string,
  after: string,
): Promise<void> {
  if (!ref.startsWith("refs/heads/")) return;
  const rules = rulesOf(repository, ref.slice("refs/heads/".length));
  if (rules.length === 0) return;
  const broken: string[] = [];
  if (before === NO_OID && has(rules, "creation")) broken.push("Cannot create ref due to creations being restricted.");
  if (after === NO_OID && has(rules, "deletion")) broken.push("Cannot delete this branch");
  if (before !== NO_OID && after !== NO_OID) {
    if (has(rules, "update")) broken.push("Cannot update this protected ref.");
    if (has(rules, "pull_request")) broken.push("Changes must be made through a pull request.");
    if (has(rules, "merge_queue")) broken.push("Changes must be made through the merge queue");
    if (has(rules, "non_fast_forward") && !(await isAncestor(repository.git, before, after)))
      broken.push("Cannot force-push to this branch");
    if (has(rules, "required_signatures") && !(await areSigned(world, repository, before, after)))
      broken.push("Commits must have verified signatures.");
  }
  if (broken.length > 0) throw violation(broken);
}

/** Throws where a rule forbids that a pull request is merged now, whoever asks. `byQueue`: the queue merges it. */
export async function assertMayMerge(world: World, pull: Pull, byQueue = false): Promise<void> {
  const { repository } = pull;
  const rules = rulesOf(repository, pull.baseRef);
  const broken: string[] = [];
  if (has(rules, "merge_queue") && !byQueue) broken.push("Changes must be made through the merge queue");
  const missing = approvalsWanted(pull);
  if (missing > 0 && reviewDecision(pull) !== "APPROVED")
    broken.push(
      `At least ${missing} approving review${missing === 1 ? " is" : "s are"} required by reviewers with write access.`,
    );
  for (const context of missingContexts(pull)) broken.push(`Required status check "${context}" is expected.`);
  const base = await repository.git.resolve(`refs/heads/${pull.baseRef}`);
  if (has(rules, "required_signatures") && base !== undefined && !(await areSigned(world, repository, base, pull.head)))
    broken.push("Commits must have verified signatures.");
  if (broken.length > 0) throw violation(broken);
}

function violation(broken: readonly string[]): Refusal {
  return new Refusal("UNPROCESSABLE", `Repository rule violations found\n\n${broken.join("\n\n")}\n\n`);
}

async function areSigned(world: World, repository: Repository, from: string, to: string): Promise<boolean> {
  const commits = await commitsBetween(repository.git, from, to);
  return commits.every((commit) => verify(world, commit)?.state === "VALID");
}

function approvalsWanted(pull: Pull): number {
  const counts = rulesOf(pull.repository, pull.baseRef).map(({ type, parameters }) =>
    type === "pull_request" ? Number(partOf(parameters, "required_approving_review_count") ?? 0) : 0,
  );
  return Math.max(0, ...counts);
}

/** What GitHub says of the reviews; undefined where none is required. */
export function reviewDecision(pull: Pull): "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED" | undefined {
  const wanted = approvalsWanted(pull);
  if (wanted === 0) return undefined;
  const given = [...pull.reviews.values()];
  if (given.includes("CHANGES_REQUESTED")) return "CHANGES_REQUESTED";
  return given.filter((one) => one === "APPROVED").length >= wanted ? "APPROVED" : "REVIEW_REQUIRED";
}

/** The required checks of the base that have not passed on the head. */
export function missingContexts(pull: Pull): readonly string[] {
  const { repository } = pull;
  const wanted = rulesOf(repository, pull.baseRef).flatMap(({ type, parameters }): readonly string[] => {
    const list = type === "required_status_checks" ? partOf(parameters, "required_status_checks") : undefined;
    return Array.isArray(list) ? list.map((one) => String(partOf(one, "context"))) : [];
  });
  const passed = new Set(
    latestRuns(repository, pull.head)
      .filter(({ conclusion }) => ["success", "neutral", "skipped"].includes(conclusion ?? ""))
      .map(({ name }) => name),
  );
  if (repository.checks.get(pull.head) === "SUCCESS") passed.add("ci");
  return wanted.filter((context) => !passed.has(context));
}

/** `mergeStateStatus`, where the pull request has no conflict. */
export function mergeStateOf(pull: Pull): "BLOCKED" | "CLEAN" | "DRAFT" {
  if (pull.draft) return "DRAFT";
  const isReviewed = [undefined, "APPROVED"].includes(reviewDecision(pull));
  return isReviewed && missingContexts(pull).length === 0 ? "CLEAN" : "BLOCKED";
}

export function hasMergeQueue(pull: Pull): boolean {
  return has(rulesOf(pull.repository, pull.baseRef), "merge_queue");
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
