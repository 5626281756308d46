import { isWholeTenant, tenantOf } from "../../domain/agent-key.ts";
import type { Issue } from "../../domain/alert/incident.ts";
import { branchFor, causeOf } from "../../domain/branch-name.ts";
import type { Cause } from "../../domain/cause.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { Violation } from "../../domain/verdict.ts";
import type { Pass } from "../../pass/pass.ts";
import { readIssues } from "../../pass/people/read-issues.ts";
import { type Step, stepWithoutPlan } from "../../pass/step.ts";
import { denialIssue, isEditedByPerson, saysSame } from "../../pr/caution/denial-issue.ts";
import { issuesByKey } from "../alert/issue-steps.ts";

/** A change of the default branch that the guardrails deny. */
export interface Denial {
  readonly cause: Cause;
  readonly agents: readonly AgentKey[];
  readonly violations: readonly Violation[];
}

/** The denial in a step; undefined where the guardrails do not deny it. Problems are no denial: they are reported as such. */
export function denialOf({ cause, agents, verdict, changes }: Step): Denial | undefined {
  if (verdict?.kind !== "deny" || changes === undefined || changes.problems.length > 0) return undefined;
  return { cause, agents, violations: verdict.violations };
}

/** Most open issues about denials in a repository. */
const MOST_OPEN = 20;

/** A cache: the issues about denials that were open when this process last looked, and those planned since. */
const OPEN = new WeakMap<Pass["world"]["memory"], Set<string>>();

/**
 * One issue for each denied change: opened, updated to what the guardrails say now, and closed once they no longer deny it.
 * `undecided`: branches of which this pass does not know. Issues are read only where a change is denied, where an issue may be
 * open, and in the first pass of a process. Throws GitError.
 */
export async function* planDenialIssues(
  pass: Pass,
  denials: readonly Denial[],
  undecided: ReadonlySet<string>,
): AsyncGenerator<Step> {
  const { memory } = pass.world;
  const known = OPEN.get(memory);
  if (pass.isUnlimited || (known !== undefined && known.size === 0 && denials.length === 0)) return;
  const read = await readIssues(pass);
  if (read === undefined || !read.complete) return;
  const { byKey, duplicates } = issuesByKey(read.issues.filter(({ key }) => causeOf(key)?.kind === "drift"));
  const open = new Set([...byKey.values()].filter(({ state }) => state === "open").map(({ key }) => key));
  OPEN.set(memory, open);
  for (const issue of duplicates) yield* closing(issue, "Another open issue is about the same change.", "duplicate");
  const denied = new Set(denials.map(({ cause }) => branchFor(cause)));
  for (const denial of denials) {
    const step = denialStep(pass, denial, byKey.get(branchFor(denial.cause)));
    // A guardrail may deny a whole fleet; outcomes name every denial.
    const isTooMany = open.size >= MOST_OPEN;
    if (step === undefined || (step.decision.kind === "open-issue" && isTooMany)) continue;
    open.add(branchFor(denial.cause));
    yield step;
  }
  for (const [key, issue] of byKey)
    if (issue.state === "open" && !denied.has(key) && !undecided.has(key) && !isUncertain(pass, key))
      yield* closing(issue, "The guardrails no longer deny the change.", "no-longer-denied");
}

function denialStep(pass: Pass, { cause, agents, violations }: Denial, issue: Issue | undefined): Step | undefined {
  const [first, ...others] = agents.length > 0 ? agents : tenantAgents(cause);
  if (first === undefined) return undefined;
  const report = denialIssue(
    branchFor(cause),
    [first, ...others],
    violations,
    [first, ...others].map((key) => fileOf(key, pass)),
  );
  if (issue !== undefined && (saysSame(issue, report) || (issue.state === "open" && isEditedByPerson(issue))))
    return issue.state === "open" || !issue.closedByBot ? undefined : opening(cause, report);
  if (issue?.state !== "open") return opening(cause, report);
  return stepWithoutPlan(subjectOf(cause), { kind: "update-issue", issue, report, reason: "denied" });
}

/** The file that says what an agent, or a tenant (`tenant/*`), should be. */
function fileOf(key: AgentKey, { survey }: Pass): Path {
  return survey.pathOf(key) ?? (isWholeTenant(key) ? `tenants/${tenantOf(key)}.yaml` : `agents/${key}.yaml`);
}

function opening(cause: Cause, report: ReturnType<typeof denialIssue>): Step {
  return stepWithoutPlan(subjectOf(cause), { kind: "open-issue", report, reason: "denied" });
}

function* closing(issue: Issue, sentence: string, reason: "duplicate" | "no-longer-denied"): Generator<Step> {
  const cause = causeOf(issue.key);
  if (cause !== undefined) yield stepWithoutPlan(subjectOf(cause), { kind: "close-issue", issue, sentence, reason });
}

function subjectOf(cause: Cause): { readonly cause: Cause; readonly agents: readonly AgentKey[] } {
  return { cause, agents: cause.kind === "drift" && cause.scope.kind === "agent" ? [cause.scope.agent] : [] };
}

function tenantAgents(cause: Cause): readonly AgentKey[] {
  return cause.kind === "drift" && cause.scope.kind === "tenant" ? [`${cause.scope.tenant}/*`] : [];
}

/** Whether a broken spec or guardrail may be why nothing is denied. */
function isUncertain({ survey, policies }: Pass, key: string): boolean {
  const cause = causeOf(key);
  const agents = cause === undefined ? [] : subjectOf(cause).agents;
  return policies.problems.length > 0 || survey.problems.some(({ key: one }) => one === "" || agents.includes(one));
}
