import type { AgentKey } from "../../domain/fleet.ts";
import type { RolloutOutlook } from "../../domain/rollout/report.ts";
import type { Confounder, RolloutVerdict } from "../../domain/rollout-verdict/rollout-verdict.ts";
import type { Instant } from "../../domain/values/scalars.ts";
import { clock } from "../body/chart.ts";
import { code, counted, prose, some, table } from "../markdown.ts";
import { signalCells } from "./signal-words.ts";
import { verdictCharts } from "./verdict-charts.ts";

/** Whose roll-out a verdict is about. */
export interface RolloutPlace {
  readonly agent: AgentKey;
  readonly environment: string;
}

/**
 * The verdict of a roll-out as Markdown for a comment: what it is and why, a table of every signal with its figures, and charts of
 * those that moved. Everything from outside is escaped; it ends with a line end.
 */
export function verdictText(verdict: RolloutVerdict, { agent, environment }: RolloutPlace): string {
  const { times, at, signals } = verdict;
  const rows = signals.map((signal) => {
    const { name, before, after, why } = signalCells(signal);
    return [name, OUTLOOKS[signal.outcome], before, after, why];
  });
  const parts = [
    `**${code(agent, 200)} in ${code(environment, 64)}: ${OUTLOOKS[verdict.outlook].replaceAll("*", "")}.** ${reasonWords(verdict)}`,
    `Rolled out ${moment(times.changeAt)}–${clock(times.settledAt)} UTC. At ${clock(at)}, once, the last 30 minutes were compared with the 30 before the roll-out.`,
    rows.length === 0 ? "" : table(["signal", "says", "before", "after", "why"], rows),
    ...verdictCharts(verdict),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** As `verdictText`, for one of several in a comment: folded where all is well. */
export function verdictDetail(verdict: RolloutVerdict, place: RolloutPlace): string {
  const text = verdictText(verdict, place).trimEnd();
  if (verdict.outlook === "worse" || verdict.outlook === "cannot-tell") return text;
  // Keys of agents and names of environments are plain words.
  return `<details><summary>The figures of ${place.agent} in ${place.environment}</summary>\n\n${text}\n\n</details>`;
}

const OUTLOOKS: Readonly<Record<RolloutOutlook, string>> = {
  better: "**better**",
  same: "same",
  worse: "**worse**",
  "cannot-tell": "cannot tell",
};

function reasonWords({ reason }: RolloutVerdict): string {
  switch (reason.kind) {
    case "confounded":
      return `${reason.isWorse ? "Something got worse, and something else" : "Something else"} happened in the same time: ${reason.by.slice(0, 5).map(confounderWords).join("; ")}.`;
    default:
      return REASONS[reason.kind];
  }
}

const REASONS: Readonly<Record<Exclude<RolloutVerdict["reason"]["kind"], "confounded">, string>> = {
  improved: "Something improved, and nothing became worse.",
  unchanged: "Nothing moved more than it does by itself.",
  "slo-fast-burn": "The month's error budget burns fast since the roll-out.",
  "two-signals": "Two signals about different things say so.",
  "one-signal-worse": "One signal alone says worse, and one alone is wrong too often. Look at it.",
  "no-traffic": "Nobody called the agent, before or after.",
  "nothing-measured": "Nothing that would show it is measured.",
  incomplete: "Something that is measured could not be compared.",
};

function confounderWords(confounder: Confounder): string {
  switch (confounder.kind) {
    case "another-change":
      return `another change reached the agent: ${prose(confounder.what, 200)}`;
    case "node-drain":
      return `a node took no new pods: ${some(
        confounder.nodes.map((one) => code(one, 80)),
        5,
      )}`;
    case "autoscaled":
      return `the replicas changed from ${replicas(confounder.before)} to ${replicas(confounder.after)}`;
    case "long-rollout":
      return `the roll-out took ${counted(confounder.minutes, "minute")}`;
    default:
      return confounder satisfies never;
  }
}

function replicas(mean: number): string {
  return String(Number(mean.toFixed(1)));
}

/** `2026-06-01 12:00`, in UTC. */
function moment(at: Instant): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
