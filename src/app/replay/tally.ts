import type { Incident } from "../../domain/alert/incident.ts";
import type { Outcome } from "../../domain/decision.ts";
import { type ModelCalls, NO_CALLS } from "./model-calls.ts";

/** What one remedy would have done. */
export interface Tally {
  readonly remedy: string;
  readonly alerts: number;
  readonly agents: number;
  readonly pulls: number;
  /** Of the pull requests, those that would have merged without a person. */
  readonly merged: number;
  readonly issues: number;
  /** Changes that guardrails denied, or that were over `maxChangesPerDay`. */
  readonly refused: number;
  readonly modelCalls: number;
  /** The highest cost of its investigations, in US dollars, that their budgets allow. */
  readonly dollars: number;
}

/** What each remedy would have done, by name. `autoMerged`: branches whose pull requests would have merged by themselves. */
export function talliesOf(
  incidents: readonly Incident[],
  outcomes: readonly Outcome[],
  autoMerged: ReadonlySet<string>,
  calls: ReadonlyMap<string, ModelCalls>,
): readonly Tally[] {
  const byRemedy = Map.groupBy(outcomes, (outcome) => outcome.remedy);
  return [...Map.groupBy(incidents, (incident) => incident.remedy)]
    .map(([remedy, list]): Tally => {
      const opened = (byRemedy.get(remedy) ?? []).filter((outcome) => outcome.kind === "opened");
      // A pull request for several agents has an outcome for each.
      const pulls = new Map(opened.flatMap(({ pull }) => (pull === undefined ? [] : [[pull.number, pull.branch]])));
      const issues = new Map(
        opened.flatMap(({ issue, reason }) => (issue === undefined ? [] : [[issue.number, reason]])),
      );
      const { count, dollars } = calls.get(remedy) ?? NO_CALLS;
      return {
        remedy,
        alerts: list.reduce((sum, { alerts }) => sum + alerts.length, 0),
        agents: new Set(list.map(({ agent }) => agent)).size,
        pulls: pulls.size,
        merged: [...pulls.values()].filter((branch) => autoMerged.has(branch)).length,
        issues: issues.size,
        refused: [...issues.values()].filter((reason) => reason === "denied" || reason === "max-changes-per-day")
          .length,
        modelCalls: count,
        dollars,
      };
    })
    .sort((a, b) => (a.remedy < b.remedy ? -1 : 1));
}

/** The sum of all remedies. */
export function totalOf(rows: readonly Tally[]): Tally {
  const sum = (value: (row: Tally) => number) => rows.reduce((total, row) => total + value(row), 0);
  return {
    remedy: "all",
    alerts: sum((row) => row.alerts),
    agents: sum((row) => row.agents),
    pulls: sum((row) => row.pulls),
    merged: sum((row) => row.merged),
    issues: sum((row) => row.issues),
    refused: sum((row) => row.refused),
    modelCalls: sum((row) => row.modelCalls),
    dollars: sum((row) => row.dollars),
  };
}
