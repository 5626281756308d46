import type { Alert } from "../../domain/alert/alert.ts";
import { branchFor } from "../../domain/branch-name.ts";
import { inOrder } from "../../pass/in-order.ts";
import { type AlertProgress, HANDLED } from "../../pass/reported-alerts.ts";
import type { IncidentUnit } from "../../remedy/incident-units.ts";

/** Units worked on at a time: each waits for Prometheus, Loki, Kubernetes and Git. */
const AT_A_TIME = 8;

/**
 * Works on units and yields the results in order of rank: first new units, several at a time; then, one at a time, units whose
 * work did not finish before, since one of them may have stopped a process; then units that were acted on before. Without
 * `progress`: in the given order.
 */
export async function* inRankOrder<T>(
  units: readonly IncidentUnit[],
  progress: AlertProgress | undefined,
  work: (unit: IncidentUnit) => Promise<T>,
): AsyncGenerator<readonly [IncidentUnit, T]> {
  if (progress === undefined) return yield* inOrder(units, AT_A_TIME, work);
  const begin = (unit: IncidentUnit) => {
    progress.begin(branchFor(unit.cause), alertsOf(unit));
    return work(unit);
  };
  const byRank = Map.groupBy(units, (unit) => rankOf(alertsOf(unit).map((alert) => progress.rank(alert))));
  const ranks = [...byRank.keys()].filter((rank) => rank !== undefined).sort((a, b) => a - b);
  for (const rank of ranks) {
    const most = rank === 0 || rank === HANDLED ? AT_A_TIME : 1;
    yield* inOrder(byRank.get(rank) ?? [], most, begin);
  }
}

function alertsOf({ incidents }: IncidentUnit): readonly Alert[] {
  return incidents.flatMap((incident) => incident.alerts);
}

/** The rank of a unit's alerts: that of the alert tried most often, else the lowest. Undefined where one of them waits. */
function rankOf(ranks: readonly (number | undefined)[]): number | undefined {
  const known = ranks.filter((rank) => rank !== undefined);
  if (known.length < ranks.length) return undefined;
  const tried = known.filter((rank) => rank > 0 && rank < HANDLED);
  return tried.length > 0 ? Math.max(...tried) : Math.min(...known);
}
