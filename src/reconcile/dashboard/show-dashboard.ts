import type { Issue } from "../../domain/alert/incident.ts";
import { branchFor } from "../../domain/branch-name.ts";
import type { Outcome } from "../../domain/decision.ts";
import type { Box } from "../../domain/review/dashboard-box.ts";
import { ForgeError } from "../../forge/forge.ts";
import type { Pass } from "../../pass/pass.ts";
import { readIssues } from "../../pass/people/read-issues.ts";
import { isOpenedOnWish } from "../../pass/people/wished.ts";
import type { World } from "../../pass/world.ts";
import { DASHBOARD_KEY, dashboardIssue } from "../../pr/dashboard/dashboard.ts";
import { type AnsweredTick, decodeAnswers } from "../../pr/dashboard/requests.ts";
import { readTicks, type Ticks } from "./read-ticks.ts";
import { type SettledStep, sayingOf, viewOfPass } from "./view-of-pass.ts";

/** The dashboard of a repository, as a pass found it. */
export interface DashboardState {
  readonly issues: readonly Issue[];
  /** The newest issue that shows it; undefined: there is none. */
  readonly issue: Issue | undefined;
  readonly ticks: Ticks;
}

/** A cache: repositories without a dashboard of which this process knows that none is open. */
const WITHOUT = new WeakSet<World["memory"]>();

const ENDED = "`dashboard` is not set in `raos.yaml` any more.";

/**
 * Reads the dashboard where raos.yaml wants one; undefined where it does not, where a person closed it, or where not everything could
 * be read. One that is not wanted any more is closed; this is looked for once in each process. Throws ForgeError.
 */
export async function readDashboard(world: World, pass: Pass): Promise<DashboardState | undefined> {
  const isWanted = pass.isConfigured && pass.survey.fleet.config.spec.dashboard;
  if (!isWanted && WITHOUT.has(world.memory)) return undefined;
  const read = await readIssues(pass);
  if (read === undefined) return undefined;
  const { issues, complete } = read;
  const [issue] = issues.filter(({ key }) => key === DASHBOARD_KEY).toSorted((a, b) => b.number - a.number);
  if (!isWanted) {
    if (issue?.state === "open") await world.forge.closeIssue(issue, ENDED);
    if (complete) WITHOUT.add(world.memory);
    return undefined;
  }
  WITHOUT.delete(world.memory);
  if (!complete || (issue?.state === "closed" && !issue.closedByBot)) return undefined;
  const isOpen = issue?.state === "open";
  const ticks = isOpen ? await readTicks(world.forge, issue) : { boxes: [], by: undefined, refusal: undefined };
  return { issues, issue: isOpen ? issue : undefined, ticks };
}

/** The boxes that a pass acts on. */
export function wishesOf({ ticks }: DashboardState): readonly Box[] {
  return ticks.refusal === undefined ? ticks.boxes : [];
}

/** Writes the dashboard after a pass, where what it shows has changed. A forge that refuses is a warning. Throws GitError. */
export async function showDashboard(
  world: World,
  pass: Pass,
  { issue, issues, ticks }: DashboardState,
  settled: readonly SettledStep[],
  certain: readonly Outcome[],
): Promise<void> {
  const before = issue === undefined ? [] : decodeAnswers(issue.body);
  const answers = [...before, ...ticks.boxes.map((box) => answerTo(box, ticks, settled))].slice(-5);
  const wanted = dashboardIssue({ ...(await viewOfPass(pass, settled, certain, issues)), answers });
  if (issue !== undefined && issue.title === wanted.title && issue.body.replaceAll("\r\n", "\n") === wanted.body)
    return;
  try {
    if (issue === undefined) await world.forge.openIssue(wanted);
    else await world.forge.updateIssue(issue, wanted);
    world.log.info({ ticks: ticks.boxes.length }, "dashboard written");
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    world.log.warn({ code: error.code, error: error.message }, "the dashboard could not be written");
  }
}

/** What came of a tick. */
function answerTo(box: Box, { by, refusal }: Ticks, settled: readonly SettledStep[]): AnsweredTick {
  const found = settled.find(({ step }) => branchFor(step.cause) === box.branch);
  const asked = `${box.verb} ${found?.step.agents[0] ?? box.branch}`;
  if (refusal !== undefined) return { by, asked, answer: refusal };
  const [outcome] = found?.outcomes ?? [];
  return { by, asked, answer: outcome === undefined ? "There is nothing left to do." : outcomeSentence(outcome) };
}

function outcomeSentence({ kind, pull, reason }: Outcome): string {
  if (kind === "opened") return `Opened #${pull?.number}.`;
  if (kind === "updated") return `Built #${pull?.number} anew.`;
  // A box that still counts opens what these hold back.
  if (isOpenedOnWish(reason))
    return "The specs have changed since this box was offered; tick the new one if you still want it.";
  if (kind === "unchanged" && pull !== undefined) return `#${pull.number} is open and up to date.`;
  return `${sayingOf(reason)}.`;
}
