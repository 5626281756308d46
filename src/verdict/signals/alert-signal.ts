import type { RolloutReadings } from "../../domain/rollout-verdict/readings.ts";
import type { Signal } from "../../domain/rollout-verdict/signal.ts";
import { cleaned, sidesOf, within } from "../windows.ts";
import { isAboutAgent } from "./subjects.ts";

const DAY = 86_400_000;
/** Most names that are kept. */
const MOST = 20;

/** Alerts of the agent's own rules that fire after the roll-out and did not in the day before it. */
export function alertSignal({ times, alerts }: Pick<RolloutReadings, "times" | "alerts">): Signal {
  if (alerts.kind === "not-read") return { kind: "alerts", outcome: "cannot-tell", firing: [], reason: "not-read" };
  const sides = sidesOf(times);
  const fires = { from: times.changeAt, to: sides.after.to };
  const fired = { from: times.changeAt - DAY, to: times.changeAt };
  const series = alerts.kind === "empty" ? [] : alerts.series;
  const firing = series.flatMap(({ labels, points }) => {
    const read = cleaned(points).filter(([, value]) => value > 0);
    const isNew = within(read, fires).length > 0 && within(read, fired).length === 0;
    const name = Object.hasOwn(labels, "alertname") ? (labels.alertname ?? "") : "";
    return isNew ? [name] : [];
  });
  const names = [...new Set(firing)].toSorted().slice(0, MOST);
  const outcome = names.some(isAboutAgent) ? "worse" : "same";
  return { kind: "alerts", outcome, firing: names, reason: undefined };
}
