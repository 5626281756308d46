import type { AgentKey } from "../../domain/fleet.ts";
import type { Instant, Path } from "../../domain/values/scalars.ts";
import type { Pass } from "../../pass/pass.ts";
import { readRecentPulls } from "../../pass/people/recent-pulls.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
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
  return reportDelivery({ since, until, records, issues, askedAt: await commitTimes(world, records) });
}

/** The spans of the last week of a pass, from what it has read of the forge already. Throws GitError. */
export async function readWeeksSpans(pass: Pass): Promise<DeliverySpans> {
  const until = pass.world.now();
  const records = ((await readRecentPulls(pass)) ?? []).flatMap((pull) => recordOf(pull) ?? []);
  const askedAt = await commitTimes(pass.world, records);
  return deliverySpans({ since: until - WEEK, until, records, issues: pass.forge.issues.issues, askedAt });
}

/** When the last change of an agent's inputs before its pull request reached the default branch, by the pull request's number. */
async function commitTimes(
  world: PlanningWorld,
  records: readonly ChangeRecord[],
): Promise<ReadonlyMap<number, Instant>> {
  const merged = records.filter(({ result, isAlert }) => result === "merged" && !isAlert);
  const read = merged.length === 0 ? undefined : await readDefaultBranch(world);
  if (read?.kind !== "read") return new Map();
  const { commit, survey } = read;
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
