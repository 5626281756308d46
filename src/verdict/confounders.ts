import type { RolloutReadings } from "../domain/rollout-verdict/readings.ts";
import type { Confounder } from "../domain/rollout-verdict/rollout-verdict.ts";
import { pointsOf } from "./signals/reading-points.ts";
import { cleaned, meanWithin, sidesOf, within } from "./windows.ts";

/** How far the number of replicas may move by itself: with it, the load of each moves. */
const REPLICAS = 1.5;
/** The longest roll-out whose two sides still belong to one time of the day. */
const LONGEST = 2 * 3_600_000;
/** Most names that are kept. */
const MOST = 5;

/** What else happened around a roll-out: what is known from elsewhere, and what the readings show. */
export function confoundersOf(readings: RolloutReadings): readonly Confounder[] {
  return [...readings.confounders, ...longRollout(readings), ...drainedNodes(readings), ...autoscaling(readings)];
}

function longRollout({ times }: RolloutReadings): readonly Confounder[] {
  const took = times.settledAt - times.changeAt;
  return took > LONGEST ? [{ kind: "long-rollout", minutes: Math.round(took / 60_000) }] : [];
}

/** Nodes of the agent's pods that took no new ones, just before or after. */
function drainedNodes({ drained, times }: RolloutReadings): readonly Confounder[] {
  if (drained.kind !== "read") return [];
  const { before, after } = sidesOf(times);
  const nodes = drained.series.flatMap(({ labels, points }) => {
    const near = within(cleaned(points), { from: before.from, to: after.to });
    return near.some(([, value]) => value > 0) && Object.hasOwn(labels, "node") ? [labels.node ?? ""] : [];
  });
  return nodes.length === 0 ? [] : [{ kind: "node-drain", nodes: [...new Set(nodes)].toSorted().slice(0, MOST) }];
}

function autoscaling({ wanted, times, changesScaling }: RolloutReadings): readonly Confounder[] {
  const found = pointsOf(wanted);
  if (found.kind === "none" || changesScaling) return [];
  const sides = sidesOf(times);
  const [before, after] = [meanWithin(found.points, sides.before), meanWithin(found.points, sides.after)];
  if (before === undefined || after === undefined) return [];
  const hasMoved = Math.max(before, after) >= REPLICAS * Math.min(before, after) && before !== after;
  return hasMoved ? [{ kind: "autoscaled", before, after }] : [];
}
