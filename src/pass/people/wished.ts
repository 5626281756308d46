import { branchFor } from "../../domain/branch-name.ts";
import type { SkipReason } from "../../domain/decision.ts";
import type { PullRequest } from "../../domain/pull-request.ts";
import { type BoxVerb, boxContent } from "../../domain/review/dashboard-box.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { Unit } from "../../plan/units.ts";
import type { Pass } from "../pass.ts";

/** Whether a person ticked the box of a branch for this content. */
export function isWished({ wished }: Pass, verb: BoxVerb, branch: string, content: string): boolean {
  return wished.some((box) => box.verb === verb && box.branch === branch && box.content === content);
}

/** Why a change waits that a person may have opened all the same. */
const OPENED_ON_WISH: ReadonlySet<string> = new Set<SkipReason>([
  "limits.openPulls",
  "limits.pullsPerHour",
  "outside-schedule",
  "soaking",
  "not-verified",
  "taken-back-by-a-person",
]);

/** Whether a change that waits for this reason is opened where a person asks for it. */
export function isOpenedOnWish(reason: string | undefined): boolean {
  return reason !== undefined && OPENED_ON_WISH.has(reason);
}

/** Whether a person asked, by whatever box, for something of a branch. */
export function hasWish({ wished }: Pass, branch: string): boolean {
  return wished.some((box) => box.branch === branch);
}

/** For what a box that opens a unit's pull request is offered: the unit's agents, and their specs as they are. Throws GitError. */
export async function contentOfUnit({ survey, commit }: Pass, unit: Unit): Promise<string> {
  const specs = unit.agents.map(survey.pathOf).filter((path): path is Path => path !== undefined);
  const snapshot = await commit.slice(specs);
  return boxContent([branchFor(unit.cause), ...unit.agents, ...specs.map((path) => snapshot.oid(path) ?? "")]);
}

/** For what a box about a pull request is offered: its number and its head. */
export function contentOfPull({ number, head }: Pick<PullRequest, "number" | "head">): string {
  return boxContent([String(number), head]);
}
