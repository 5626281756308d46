import { planDrift } from "../causes/drift/plan-drift.ts";
import { planOrphans } from "../causes/request/plan-orphans.ts";
import type { AgentKey } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { CheckSubject } from "../domain/review/check-report.ts";
import { emptyForge } from "../forge/empty.ts";
import { createBudget } from "../pass/budget.ts";
import { judgeMerged } from "../pass/grants/judge-merged.ts";
import type { Pass } from "../pass/pass.ts";
import { type CommitReading, readPolicies } from "../pass/read-commit.ts";
import { NO_ALERTS } from "../pass/reported-alerts.ts";
import type { Step } from "../pass/step.ts";
import type { MergePreview, PlanningWorld, Previews } from "../pass/world.ts";
import type { FollowUp, MergeFindings } from "../pr/check/check-report.ts";
import { denialProblems } from "../reconcile/denials.ts";
import { groupProblems } from "../spec/problems/group-problems.ts";
import { findAffectedAgents } from "../survey/affected-agents.ts";
import type { CommitView } from "../survey/source/commit-view.ts";
import { type Survey, survey } from "../survey/survey.ts";

/** Most follow-up pull requests whose texts are written. */
const MOST_FOLLOW_UPS = 50;

/** What was found, and the head's own files. */
export type Preview =
  | { readonly kind: "merged"; readonly head: CommitView; readonly findings: MergedFindings }
  | Exclude<MergePreview, { kind: "merged" }>;
export type MergedFindings = Extract<MergeFindings, { kind: "merged" }>;

export type BaseReading = Extract<CommitReading, { kind: "read" }>;
type Merged = Extract<MergePreview, { kind: "merged" }>;

/**
 * What merging a pull request would do: it is merged here, surveyed like any commit, and the drift that is not on the default
 * branch yet is planned as a pass would plan it. Guardrails are those of the default branch, so that no pull request judges
 * itself. Writes nothing but caches. Throws GitError.
 */
export async function previewMerge(
  world: PlanningWorld,
  previews: Previews,
  read: BaseReading,
  subject: CheckSubject,
): Promise<Preview> {
  const { branch } = read.base;
  const merged = await previews.merge(read.base, subject);
  if (merged.kind !== "merged") return merged;
  const found = await survey(merged.commit.source, previews.store, previews.memory);
  const policies = await readPolicies(world, merged.commit);
  const before = problemsOf(read.survey, read.policies.problems);
  const after = "kind" in found ? found.problems : problemsOf(found, policies.problems);
  const { fresh, known } = compareProblems(before, after);
  const findings = {
    kind: "merged",
    branch,
    problems: groupProblems(fresh),
    knownProblems: known,
    generation: { kind: "separate", isOffered: subject.branch !== undefined },
    changesPolicies: merged.changes.some(({ path }) => path.startsWith("policies/")),
  } as const;
  const { head } = merged;
  if ("kind" in found)
    return { kind: "merged", head, findings: { ...findings, agents: [], denials: [], followUps: [], more: 0 } };
  const affected = await affectedAgents(merged, world, previews);
  const waiting = new Set(read.survey.drifts().map(({ key }) => key));
  const drifts = found.drifts().filter(({ key }) => !waiting.has(key) || affected.has(key));
  const isTenantNew = (tenant: string) => !read.survey.driftedTenants.includes(tenant);
  const pass: Pass = {
    ...previewPass(world, previews, read, merged),
    survey: { ...found, drifts: () => drifts, driftedTenants: found.driftedTenants.filter(isTenantNew) },
    policies: { ...read.policies, problems: [] },
    budget: createBudget(found.fleet.config, { open: 0, openedLastHour: 0 }, true),
  };
  // Nothing follows from a broken spec, whatever shared file changed.
  for (const { key } of found.problems) affected.delete(key);
  const followUps = await followUpsOf(pass, (gone) => read.survey.pathOf(gone) !== undefined);
  const beyond = await judgeMerged(pass, { survey: read.survey, world }, affected);
  const denials = groupProblems([...followUps.denials, ...beyond]);
  return { kind: "merged", head, findings: { ...findings, agents: [...affected].sort(), ...followUps, denials } };
}

/** A pass over the merged commit, on a forge that holds nothing: it plans what would be opened, and can write nothing. */
function previewPass(world: PlanningWorld, previews: Previews, { base }: BaseReading, { commit }: Merged) {
  const { store, memory } = previews;
  return {
    world: { ...world, store, memory, forge: emptyForge(commit.sha) },
    base: { branch: base.branch, sha: commit.sha },
    commit,
    forge: {
      ...{ open: new Map(), duplicates: [], complete: true, account: undefined, recent: [] },
      issues: { issues: [], complete: true },
    },
    reported: NO_ALERTS,
    wished: [],
    isConfigured: true,
    isDryRun: true,
    isUnlimited: true,
    isPreview: true,
  } as const;
}

/** `isGoneWithIt`: whether an agent that the merged commit does not have is on the default branch now. */
async function followUpsOf(
  pass: Pass,
  isGoneWithIt: (agent: AgentKey) => boolean,
): Promise<{
  readonly denials: readonly Problem[];
  readonly followUps: readonly FollowUp[];
  readonly more: number;
}> {
  const denials: Problem[] = [];
  const followUps: FollowUp[] = [];
  let more = 0;
  for await (const step of chained(planDrift(pass), planOrphans(pass, isGoneWithIt))) {
    denials.push(...denialProblems(step, pass.survey.pathOf));
    const { proposal, verdict } = step;
    if (proposal === undefined || verdict === undefined) continue;
    if (followUps.length < MOST_FOLLOW_UPS)
      followUps.push({ ...proposal, verdict, isGenerated: step.cause.kind === "drift" });
    else more += 1;
  }
  return { denials, followUps, more };
}

async function* chained(...all: readonly AsyncIterable<Step>[]): AsyncGenerator<Step> {
  for (const steps of all) yield* steps;
}

/** Agents that the changed paths may affect, as they are before the merge and after it. */
async function affectedAgents({ changes }: Merged, world: PlanningWorld, previews: Previews): Promise<Set<AgentKey>> {
  const [before, after] = await Promise.all([
    findAffectedAgents(changes, world.store),
    findAffectedAgents(changes, previews.store),
  ]);
  return new Set([...before, ...after].filter((key) => key.includes("/")));
}

function problemsOf(found: Survey, ofPolicies: readonly Problem[]): readonly Problem[] {
  return [...found.problems.flatMap(({ problems }) => problems), ...ofPolicies];
}

/** Lines are left out: a Problem that only moved is no new one. */
function compareProblems(before: readonly Problem[], after: readonly Problem[]) {
  const keyOf = ({ file, pointer, message }: Problem) => JSON.stringify([file, pointer, message]);
  const there = new Set(before.map(keyOf));
  const fresh = after.filter((problem) => !there.has(keyOf(problem)));
  return { fresh, known: groupProblems(after.filter((problem) => there.has(keyOf(problem)))).length };
}
