import type { Issue } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { Outcome } from "../../domain/decision.ts";
import type { Problem } from "../../domain/problem.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import type { Box } from "../../domain/review/dashboard-box.ts";
import type { Pass } from "../../pass/pass.ts";
import { contentOfPull, contentOfUnit, isOpenedOnWish } from "../../pass/people/wished.ts";
import type { Step } from "../../pass/step.ts";
import {
  DASHBOARD_KEY,
  type DashboardView,
  type OpenPullEntry,
  type WaitingEntry,
} from "../../pr/dashboard/dashboard.ts";
import { prose } from "../../pr/markdown.ts";
import { groupProblems } from "../../spec/problems/group-problems.ts";
import { REASONS } from "../reasons.ts";

/** A step that was acted on. */
export interface SettledStep {
  readonly step: Step;
  readonly outcomes: readonly Outcome[];
}

/** Entries whose box is bound to the specs as they are: each costs a read. */
const MOST_BOUND = 200;

/**
 * What a dashboard shows after a pass, from its steps and what the forge held at its beginning. It says the same after each pass that
 * changed nothing, whatever the pass was for: what only passes with alerts know is shown by its pull request or issue. Throws GitError.
 */
export async function viewOfPass(
  pass: Pass,
  settled: readonly SettledStep[],
  certain: readonly Outcome[],
  issues: readonly Issue[],
): Promise<Omit<DashboardView, "answers">> {
  const entries = await waitingEntries(pass, settled);
  return {
    open: openEntries(pass, settled),
    waiting: entries.filter(({ group }) => group === "waiting"),
    refused: entries.filter(({ group }) => group === "refused"),
    denied: entries.filter(({ group }) => group === "denied"),
    issues: openIssues(settled, issues),
    problems: problemsIn([...certain, ...settled.flatMap(({ outcomes }) => outcomes)]),
  };
}

function openEntries({ forge }: Pass, settled: readonly SettledStep[]): readonly OpenPullEntry[] {
  const byBranch = new Map(settled.map((one) => [branchFor(one.step.cause), one]));
  const kept = [...forge.open.values()].flatMap((pull) => {
    const [outcome] = byBranch.get(pull.branch)?.outcomes ?? [];
    if (!pull.openedByBot || outcome?.kind === "closed" || outcome?.kind === "merged") return [];
    const state = outcome?.kind === "skipped" ? sayingOf(outcome.reason) : "up to date";
    const head = outcome?.pull?.head ?? pull.head;
    return [{ number: pull.number, title: pull.title, state, box: rebaseBox({ ...pull, head }) }];
  });
  const opened = settled.flatMap(({ step: { proposal, cause }, outcomes: [outcome] }) => {
    if (outcome?.kind !== "opened" || outcome.pull === undefined || proposal === undefined) return [];
    const { number, head } = outcome.pull;
    const box: Box | undefined =
      cause.kind === "drift"
        ? { verb: "rebase", branch: proposal.branch, content: contentOfPull({ number, head }) }
        : undefined;
    return [{ number, title: proposal.title, state: "up to date", box }];
  });
  return [...kept, ...opened].toSorted((a, b) => a.number - b.number);
}

/** Only what RAOS alone committed to can be built anew; an alert's pull request is by itself where its base changes. */
function rebaseBox(pull: PullRequest): Box | undefined {
  const isDrift = /^raos\/(agent|tenant)\//.test(pull.branch);
  if (!isDrift || pull.botOnly !== true || pull.handsOff) return undefined;
  return { verb: "rebase", branch: pull.branch, content: contentOfPull(pull) };
}

type Grouped = WaitingEntry & { readonly group: "waiting" | "refused" | "denied" };

async function waitingEntries(pass: Pass, settled: readonly SettledStep[]): Promise<readonly Grouped[]> {
  const entries: Grouped[] = [];
  for (const { step, outcomes } of settled) {
    const [outcome] = outcomes;
    if (step.cause.kind !== "drift" || outcome === undefined) continue;
    const { agents } = step;
    if (outcome.kind === "denied")
      entries.push({ agents, why: prose(outcome.reason ?? "denied", 300), box: undefined, group: "denied" });
    if (outcome.kind !== "skipped" || pass.forge.open.has(branchFor(step.cause))) continue;
    const isRefused = outcome.reason === "closed-by-a-person";
    const box = isRefused || entries.length < MOST_BOUND ? await boxOf(pass, step) : undefined;
    entries.push({ agents, why: sayingOf(outcome.reason), box, group: isRefused ? "refused" : "waiting" });
  }
  return entries.toSorted((a, b) => ((a.agents[0] ?? "") < (b.agents[0] ?? "") ? -1 : 1));
}

/** The box that has a skipped change opened, where a person may ask for that. */
async function boxOf(pass: Pass, { cause, agents, decision }: Step): Promise<Box | undefined> {
  if (decision.kind !== "skip") return undefined;
  const branch = branchFor(cause);
  const { reason, pull } = decision;
  if (reason === "closed-by-a-person")
    return pull === undefined ? undefined : { verb: "reopen", branch, content: contentOfPull(pull) };
  if (!isOpenedOnWish(reason)) return undefined;
  return { verb: "open", branch, content: await contentOfUnit(pass, { cause, agents, tenants: [] }) };
}

/** The bot's open issues, less those that this pass closed, and those that it opened. */
function openIssues(settled: readonly SettledStep[], issues: readonly Issue[]): DashboardView["issues"] {
  const closed = new Set<number>();
  const opened: { number: number; title: string }[] = [];
  for (const { step, outcomes } of settled) {
    const [outcome] = outcomes;
    if (outcome?.issue === undefined) continue;
    if (step.decision.kind === "close-issue") closed.add(outcome.issue.number);
    if (step.decision.kind === "open-issue")
      opened.push({ number: outcome.issue.number, title: step.decision.report.title });
  }
  const kept = issues
    .filter(({ key, state, number }) => key !== DASHBOARD_KEY && state === "open" && !closed.has(number))
    .map(({ number, title }) => ({ number, title }));
  const all = new Map([...kept, ...opened].map((one) => [one.number, one]));
  return [...all.values()].toSorted((a, b) => a.number - b.number);
}

function problemsIn(outcomes: readonly Outcome[]): readonly Problem[] {
  return groupProblems(outcomes.flatMap(({ problems }) => problems ?? []));
}

/** What a reason says, as Markdown, without the dot at its end. */
export function sayingOf(reason: string | undefined): string {
  const says = Object.entries(REASONS).find(([word]) => word === reason)?.[1].says;
  return says?.replace(/\.$/, "") ?? prose(reason ?? "skipped", 300);
}
