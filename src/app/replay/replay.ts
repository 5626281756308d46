import { ignoredOutcomes } from "../../causes/alert/ignored-alerts.ts";
import type { Alert } from "../../domain/alert/alert.ts";
import type { Incident } from "../../domain/alert/incident.ts";
import type { Outcome } from "../../domain/decision.ts";
import type { Instant, Path } from "../../domain/values/scalars.ts";
import { beginPass } from "../../pass/begin-pass.ts";
import type { World } from "../../pass/world.ts";
import { reconcile } from "../../reconcile/reconcile.ts";
import { createFleetDirectory } from "../../remedy/fleet-directory.ts";
import { type Ignored, incidentsOf } from "../../remedy/incidents.ts";
import type { Shell } from "../shell.ts";
import { openWorld } from "../world/open-world.ts";
import { createRemoteServices } from "../world/remote-services.ts";
import { countModelCalls } from "./model-calls.ts";
import { replayForge } from "./replay-forge.ts";
import { type Tally, talliesOf, totalOf } from "./tally.ts";

/** What today's policies would have done about past alerts. */
export interface Replayed {
  readonly alerts: number;
  readonly passes: number;
  readonly remedies: readonly Tally[];
  readonly total: Tally;
  /** Why alerts led to no incident. */
  readonly ignored: readonly string[];
}

/** Alerts closer together than this are planned in one pass, as a service would. Milliseconds. */
const PASS = 60_000;

/**
 * Runs a pass at each moment at which one of these alerts began or ended, on a forge in memory; no model is asked. Throws
 * GitError, ForgeError, UsageError.
 */
export async function replayAlerts(
  shell: Shell,
  repo: string,
  alerts: readonly Alert[],
  folder: Path = "",
): Promise<Replayed> {
  let clock: Instant = 0;
  const timed = { ...shell, now: () => clock };
  const opened = await openWorld(timed, repo, { services: createRemoteServices(timed, { wait: true }), folder });
  try {
    const head = await opened.world.forge.defaultBranch();
    const forge = replayForge(head, () => clock);
    const { calls, investigations } = countModelCalls();
    const viewCommit: World["viewCommit"] = async (branch, sha) => {
      const commit = await opened.world.viewCommit(head.name, sha);
      return commit && { ...commit, changesOfMerging: async () => forge.changesOf(branch) };
    };
    const world: World = { ...opened.world, forge, viewCommit, investigations };
    const { incidents, ignored } = await attribute(world, alerts);
    const outcomes: Outcome[] = [];
    let passes = 0;
    for (const { at, present } of passesOf(alerts)) {
      passes += 1;
      clock = at;
      const done = await reconcile(world, { alerts: present, whole: true }, { only: "alert" });
      outcomes.push(...done.filter((outcome) => outcome.remedy !== undefined));
      forge.settle();
    }
    const remedies = talliesOf(incidents, outcomes, forge.autoMerged, calls);
    const reasons = ignoredOutcomes(ignored).flatMap(({ reason }) => reason ?? []);
    return { alerts: alerts.length, passes, remedies, total: totalOf(remedies), ignored: reasons };
  } finally {
    await opened.close();
  }
}

/** One report for each alert and startsAt: the one with an end, where there is one. Sorted by startsAt. */
export function latestReports(alerts: readonly Alert[]): readonly Alert[] {
  const kept = new Map<string, Alert>();
  for (const alert of alerts) {
    const key = `${alert.fingerprint} ${alert.startsAt}`;
    if (alert.endsAt !== undefined || !kept.has(key)) kept.set(key, alert);
  }
  return [...kept.values()].sort((a, b) => a.startsAt - b.startsAt);
}

/** The incidents of all the alerts. An alert that fires again is counted again. */
async function attribute(
  world: World,
  alerts: readonly Alert[],
): Promise<{ readonly incidents: readonly Incident[]; readonly ignored: readonly Ignored[] }> {
  const begun = await beginPass(world, { isDryRun: true });
  if (begun.kind === "nothing") return { incidents: [], ignored: [] };
  const { survey, policies } = begun.pass;
  const each = alerts.map((alert) => ({ ...alert, fingerprint: `${alert.fingerprint} ${alert.startsAt}` }));
  return incidentsOf(each, createFleetDirectory(survey.fleet), policies.remedies);
}

/** The moments at which alerts began or ended, and the alerts that were present then. */
function* passesOf(alerts: readonly Alert[]): Generator<{ readonly at: Instant; readonly present: readonly Alert[] }> {
  const moments = alerts.flatMap((alert) => [alert.startsAt, ...(alert.endsAt === undefined ? [] : [alert.endsAt])]);
  const times = [...new Set(moments.map((moment) => Math.ceil(moment / PASS) * PASS))].sort((a, b) => a - b);
  // One by one: all the copies of a month of alerts would not fit into memory.
  for (const at of times) {
    const present = alerts
      .filter((alert) => alert.startsAt <= at && (alert.endsAt === undefined || alert.endsAt > at - PASS))
      .map((alert): Alert => {
        const isOver = alert.endsAt !== undefined && alert.endsAt <= at;
        return { ...alert, status: isOver ? "resolved" : "firing", endsAt: isOver ? alert.endsAt : undefined };
      });
    yield { at, present };
  }
}
