import type { Environment } from "./fleet.ts";
import type { Change, Incident } from "./incident.ts";

/** A pull request about incidents, judged by what is true of the world: never by what the program under test says. */
export interface Verdict {
  readonly scenario: string;
  readonly agent: string;
  readonly remedy: string;
  readonly at: number;
  /** Undefined: it is right. */
  readonly why: string | undefined;
  readonly changes: readonly string[];
}

/** Why the changes of one agent are wrong; undefined: each of them is right for an incident that is open. */
export function whyWrong(
  changes: Readonly<Record<Environment, readonly Change[]>>,
  incidents: readonly Incident[],
  tries: (incident: Incident) => number,
): { readonly incident: Incident | undefined; readonly why: string | undefined } {
  const judged = incidents.map((incident) => ({ incident, why: judgedBy(changes, incident, tries(incident)) }));
  return (
    judged.find(({ why }) => why === undefined) ??
    judged[0] ?? { incident: undefined, why: "nothing is wrong with the agent" }
  );
}

function judgedBy(
  changes: Readonly<Record<Environment, readonly Change[]>>,
  incident: Incident,
  tries: number,
): string | undefined {
  const here = changes[incident.environment];
  if (here.length === 0) return "it changes another environment";
  const elsewhere = incident.environment === "staging" ? changes.production : [];
  if (elsewhere.length > 0) return `it changes production: ${elsewhere.map(({ path }) => path).join(", ")}`;
  return here.map((change) => incident.judge(change, tries, here)).find((why) => why !== undefined);
}

/** What became of one incident. */
export interface Answer {
  readonly incident: Incident;
  alerts: number;
  right: number;
  wrong: number;
  reports: number;
  skipped: number;
}

/** One scenario's row of the table. */
export interface Tally {
  readonly scenario: string;
  incidents: number;
  alerts: number;
  editsRight: number;
  editsWrong: number;
  reportsRight: number;
  /** Incidents that an edit of the spec would have ended, with a report and no edit. */
  missed: number;
  /** Reports that nobody needed. */
  needless: number;
  /** Incidents that somebody should have heard of, and nobody did. */
  unanswered: number;
}

export function tallyOf(scenario: string, answers: readonly Answer[]): Tally {
  const count = (test: (answer: Answer) => boolean) => answers.filter(test).length;
  const sum = (of: (answer: Answer) => number) => answers.reduce((total, answer) => total + of(answer), 0);
  const isReported = ({ reports, right }: Answer) => reports > 0 && right === 0;
  return {
    scenario,
    incidents: answers.length,
    alerts: sum(({ alerts }) => alerts),
    editsRight: sum(({ right }) => right),
    editsWrong: sum(({ wrong }) => wrong),
    reportsRight: sum((one) =>
      one.incident.expects === "nothing" || (one.incident.expects === "edit" && isReported(one)) ? 0 : one.reports,
    ),
    missed: count((one) => one.incident.expects === "edit" && isReported(one)),
    needless: sum((one) => (one.incident.expects === "nothing" ? one.reports : 0)),
    unanswered: count(
      (one) => one.alerts > 0 && one.incident.expects !== "nothing" && one.reports + one.right + one.wrong === 0,
    ),
  };
}

export function totalOf(tallies: readonly Tally[]): Tally {
  const total = { ...tallyOf("all", []) };
  for (const { scenario: _, ...one } of tallies) {
    total.incidents += one.incidents;
    total.alerts += one.alerts;
    total.editsRight += one.editsRight;
    total.editsWrong += one.editsWrong;
    total.reportsRight += one.reportsRight;
    total.missed += one.missed;
    total.needless += one.needless;
    total.unanswered += one.unanswered;
  }
  return total;
}
