import type { AgentKey } from "../../domain/fleet.ts";
import type { Instant, Path } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { readRecentPulls } from "../../pass/people/recent-pulls.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
import { needsHistory } from "../../pass/reported-alerts.ts";
import type { PlanningWorld } from "../../pass/world.ts";
import { type ChangeRecord, recordOf } from "../../pr/record/change-record.ts";
import {
  type DeliveryReport,
  type DeliverySpans,
  deliverySpans,
  reportDelivery,
} from "../../pr/record/delivery-report.ts";

/** What changes what an agent's spec asks for, beside the spec: shared by many. */
const SHARED: readonly Path[] = ["raos.yaml", "templates/", "tenants/", "models/", "prompts/", "charts/"];

const WEEK = 7 * 86_400_000;

/**
 * The report of a repository since a moment, from its pull requests, issues and history; undefined where there are more pull
 * requests than can be listed. Throws GitError or ForgeError.
 */
export async function readReport(world: PlanningWorld, since: Instant): Promise<DeliveryReport | undefined> {
  const until = world.now();
  const [pulls, { issues }] = await Promise.all([world.forge.recentPulls(since), world.forge.issues()]);
  if (pulls === undefined) return undefined;
  const records = pulls.flatMap((pull) => recordOf(pull) ?? []);
  const merged = records.filter(hasCommitTime);
  const read = merged.length === 0 ? undefined : await readDefaultBranch(world);
  const askedAt = read?.kind === "read" ? await commitTimes(read, merged) : new Map<number, Instant>();
  return reportDelivery({ since, until, records, issues, askedAt });
}

/** When pull requests of a repository were asked for, by their numbers: a merge does not change any more. */
const ASKED = new WeakMap<Pass["world"]["memory"], ReadonlyMap<number, Instant | undefined>>();

/**
 * The spans of the last week, from what a pass has read of the forge already; without `restored` where it has read no issues. Git's
 * history is read once for each merge. Throws GitError.
 */
export async function readWeeksSpans(pass: Pass): Promise<Partial<DeliverySpans>> {
  const until = pass.world.now();
  const records = ((await readRecentPulls(pass)) ?? []).flatMap((pull) => recordOf(pull) ?? []);
  const askedAt = await rememberedTimes(pass, records.filter(hasCommitTime));
  const { issues } = pass.forge.issues;
  const { leads, restored } = deliverySpans({ since: until - WEEK, until, records, issues, askedAt });
  return needsHistory(pass.reported) ? { leads, restored } : { leads };
}

async function rememberedTimes(pass: Pass, merged: readonly ChangeRecord[]): Promise<ReadonlyMap<number, Instant>> {
  const { memory } = pass.world;
  const known = ASKED.get(memory) ?? new Map<number, Instant | undefined>();
  const fresh = merged.filter(({ number }) => !known.has(number));
  const found = fresh.length === 0 ? new Map<number, Instant>() : await commitTimes(pass, fresh);
  const all = new Map(merged.map(({ number }) => [number, known.has(number) ? known.get(number) : found.get(number)]));
  ASKED.set(memory, all);
  return new Map([...all].flatMap(([number, at]) => (at === undefined ? [] : [[number, at] as const])));
}

/** Whether a commit asked for a change that was merged: what an alert asks for has none. */
function hasCommitTime({ result, isAlert }: ChangeRecord): boolean {
  return result === "merged" && !isAlert;
}

/** When the last change of an agent's inputs before its pull request reached the default branch, by the pull request's number. */
async function commitTimes(
  { commit, survey }: Pick<Pass, "commit" | "survey">,
  merged: readonly ChangeRecord[],
): Promise<ReadonlyMap<number, Instant>> {
  const pathsOf = (agent: AgentKey | undefined) => [
    ...SHARED,
    ...(agent === undefined ? [] : [survey.pathOf(agent)].filter((path) => path !== undefined)),
  ];
  const history = await commit.history([...new Set(merged.flatMap(({ agent }) => pathsOf(agent)))]);
  return new Map(
    merged.flatMap(({ number, agent, openedAt }) => {
      const changes = pathsOf(agent).flatMap((path) => history.changesOf(path));
      const before = changes.map(({ at }) => at).filter((at) => at <= openedAt);
      return before.length === 0 ? [] : [[number, Math.max(...before)] as const];
    }),
  );
}
