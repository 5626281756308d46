import type { AgentKey } from "../../domain/fleet.ts";
import type { Verdict, Violation } from "../../domain/verdict.ts";
import { code, counted, prose, some } from "../markdown.ts";
import type { BodySection } from "./section.ts";

/**
 * What guardrails deny, want reviewed, or warn about, in two lengths; empty where there is nothing. `subject`: the agent that the reader
 * takes it to be about; where it is another, that is named. Left out: the text says elsewhere which agents there are.
 */
export function guardrailSection(verdict: Verdict, subject?: AgentKey): BodySection {
  const main = verdict.kind === "deny" ? verdict.violations : verdict.kind === "review" ? verdict.reasons : [];
  const parts = [
    ...(main.length === 0 ? [] : [alert(verdict.kind === "deny" ? "CAUTION" : "IMPORTANT", main, subject)]),
    ...(verdict.warnings.length === 0 ? [] : [alert("WARNING", verdict.warnings, subject)]),
  ];
  if (parts.length === 0) return [() => ""];
  const total = counted(main.length + verdict.warnings.length, "thing");
  return [
    () => parts.join("\n\n"),
    () =>
      `> [!IMPORTANT]\n> Guardrails report ${total}, for which there is no room here; run \`raos plan\` to list them.`,
  ];
}

const HEADINGS = {
  CAUTION: "Guardrails refuse this:",
  IMPORTANT: "Look at this before you merge:",
  WARNING: "Worth knowing:",
} as const;

/** A quote that GitHub shows as a coloured box. The same message in several places is one line. */
function alert(kind: keyof typeof HEADINGS, list: readonly Violation[], subject: AgentKey | undefined): string {
  const groups = [...Map.groupBy(list, (item) => JSON.stringify([item.guardrail, item.message])).values()];
  const lines = groups.map((same) => {
    const [first] = same;
    return `> - ${prose(first?.message ?? "", 600)}${placesOf(same, subject)} · ${code(first?.guardrail ?? "", 63)}`;
  });
  const shown = lines.slice(0, 20);
  const left = lines.length - shown.length;
  return [`> [!${kind}]`, `> ${HEADINGS[kind]}`, ...shown, ...(left > 0 ? [`> - …and ${left} more`] : [])].join("\n");
}

function placesOf(same: readonly Violation[], subject: AgentKey | undefined): string {
  const environments = new Set(
    same.flatMap(({ environment }) => (environment === undefined ? [] : [prose(environment, 63)])),
  );
  const agents = new Set(same.flatMap(({ agent }) => (agent === undefined ? [] : [agent])));
  const [only = subject] = agents;
  const where = [
    ...(subject !== undefined && agents.size === 1 && only !== undefined && only !== subject ? [code(only, 120)] : []),
    ...(agents.size > 1 ? [counted(agents.size, "agent")] : []),
    ...(environments.size > 0 ? [some([...environments], 6)] : []),
  ];
  return where.length === 0 ? "" : ` (${where.join(", ")})`;
}
