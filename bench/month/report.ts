import { type Answer, type Tally, tallyOf, totalOf, type Verdict } from "./judge.ts";
import type { MonthResult } from "./month.ts";

/** The document: what the month is, its table, and each wrong edit. */
export function reportOf(
  numbers: { readonly seed: number; readonly days: number; readonly agents: number },
  { answers, verdicts }: MonthResult,
): string {
  const byScenario = Map.groupBy(answers, ({ incident }) => incident.scenario);
  const tallies = [...byScenario].map(([scenario, list]) => tallyOf(scenario, list));
  const wrong = verdicts.filter(({ why }) => why !== undefined);
  return `# A month of made-up alerts

What RAOS does about ${answers.length} incidents on ${numbers.agents} agents in ${numbers.days} days, of which the truth is known. \`npm run bench:month -- --write\` writes this page; the seed is ${numbers.seed}.

Everything but the world is real: the alerts go through the whole pass, onto the local forge; people merge after some hours, and what is merged is rolled out some minutes later, or not at all. A simulated Prometheus (one for both environments, told apart by \`cluster\`), Loki and two clusters answer the queries of the remedies from what is true. An edit is *right* where it removes the cause, or a real share of it, and harms nothing; every other edit is *wrong*. A report is *right* where a person has to act, and *missed* where an edit of the spec would have helped. *Needless*: a report that nobody needed. *Unanswered*: somebody should have heard of it, and nobody did.

| what happens | incidents | alerts | edits right | edits wrong | reports right | missed | needless | unanswered |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
${[...tallies, totalOf(tallies)].map(rowOf).join("\n")}

${wrong.length === 0 ? "No edit was wrong." : `## Wrong edits\n${wrong.map(lineOf).join("\n")}`}
`;
}

function rowOf(one: Tally): string {
  const numbers = [
    one.incidents,
    one.alerts,
    one.editsRight,
    one.editsWrong,
    one.reportsRight,
    one.missed,
    one.needless,
    one.unanswered,
  ];
  return `| ${one.scenario === "all" ? "**all**" : one.scenario} | ${numbers.join(" | ")} |`;
}

function lineOf({ scenario, agent, remedy, at, why, changes }: Verdict): string {
  return `- ${scenario}: ${remedy} at ${agent}, ${new Date(at).toISOString().slice(0, 16)}: ${changes.join("; ")}. ${why}`;
}

/** Incidents of which nothing was ever to be seen: the world does not show what it should. */
export function silentOnes(answers: readonly Answer[]): readonly string[] {
  return [
    ...new Set(
      answers
        .filter(({ alerts, incident }) => alerts === 0 && incident.expects !== "nothing")
        .map(({ incident }) => incident.scenario),
    ),
  ];
}
