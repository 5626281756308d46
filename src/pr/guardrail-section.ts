import type { Verdict, Violation } from "../domain/change.ts";
import type { Section } from "./body.ts";
import { code, counted, prose, some } from "./markdown.ts";

/** What guardrails refuse, want a person for, or warn of, at two lengths; nothing where they have nothing to say. */
export function guardrailSection(verdict: Verdict): Section {
  const main = verdict.kind === "deny" ? verdict.violations : verdict.kind === "review" ? verdict.reasons : [];
  const parts = [
    ...(main.length === 0 ? [] : [alert(verdict.kind === "deny" ? "CAUTION" : "IMPORTANT", main)]),
    ...(verdict.warnings.length === 0 ? [] : [alert("WARNING", verdict.warnings)]),
  ];
  if (parts.length === 0) return [() => ""];
  const total = counted(main.length + verdict.warnings.length, "thing");
  return [
    () => parts.join("\n\n"),
    () => `> [!IMPORTANT]\n> Guardrails have ${total} to say, which do not fit here; \`raos plan\` lists them.`,
  ];
}

const LEADS = {
  CAUTION: "Guardrails refuse this:",
  IMPORTANT: "Look at this before you merge:",
  WARNING: "Worth knowing:",
} as const;

/** GitHub shows a quote that begins so as a coloured box. The same message in several places is one line. */
function alert(kind: keyof typeof LEADS, list: readonly Violation[]): string {
  const groups = [...Map.groupBy(list, (item) => JSON.stringify([item.guardrail, item.message])).values()];
  const lines = groups.map((same) => {
    const [first] = same;
    return `> - ${prose(first?.message ?? "", 600)}${placesOf(same)} · ${code(first?.guardrail ?? "", 63)}`;
  });
  const shown = lines.slice(0, 20);
  const left = lines.length - shown.length;
  return [`> [!${kind}]`, `> ${LEADS[kind]}`, ...shown, ...(left > 0 ? [`> - …and ${left} more`] : [])].join("\n");
}

function placesOf(same: readonly Violation[]): string {
  const environments = new Set(
    same.flatMap(({ environment }) => (environment === undefined ? [] : [prose(environment, 63)])),
  );
  const agents = new Set(same.flatMap(({ agent }) => (agent === undefined ? [] : [agent])));
  const where = [
    ...(agents.size > 1 ? [counted(agents.size, "agent")] : []),
    ...(environments.size > 0 ? [some([...environments], 6)] : []),
  ];
  return where.length === 0 ? "" : ` (${where.join(", ")})`;
}
