import type { AgentChange, ChangeSet, Verdict } from "../domain/change.ts";
import { code, counted, listed, prose } from "./markdown.ts";
import { agentStates } from "./title.ts";

/** What changes and why, in a sentence or two. */
export function leadOf(changes: ChangeSet, verdict: Verdict): readonly string[] {
  const { cause } = changes;
  const refused = verdict.kind === "deny" ? "**Guardrails refuse this change.** " : "";
  switch (cause.kind) {
    case "drift":
      return [
        `${refused}${cause.scope.kind === "agent" ? ofAgent(changes, cause.scope.agent) : ofTenant(changes, cause.scope.tenant)}`,
      ];
    case "alert":
      return [
        `${refused}An alert about ${code(cause.agent)} in ${prose(cause.environment)} asks for this (remedy ${code(cause.remedy)}).${reasons(changes)}`,
      ];
    case "tune":
      return [`${refused}The resources of ${code(cause.agent)} do not fit what it uses.${reasons(changes)}`];
    case "request":
      return [`${refused}Asked for in request ${code(cause.id)}.${reasons(changes)}`];
    case "regression":
      return [
        `${refused}Since pull request ${cause.pull} was merged things are worse than before; this takes it back.${reasons(changes)}`,
      ];
    default:
      return cause satisfies never;
  }
}

function ofAgent(changes: ChangeSet, agent: string): string {
  const state = agentStates(changes).get(agent) ?? "same";
  const spec = code(`agents/${agent}.yaml`);
  switch (state) {
    case "new":
      return `A new agent: ${description(changes.changes) ?? spec}\n\nGenerated from ${spec}.`;
    case "removed":
      return `> [!CAUTION]\n> ${spec} is gone, so **${prose(agent)} is taken down** and everything generated for it is deleted.`;
    case "changed":
      return `${spec}, or something it builds on, changed; this brings what is deployed in line with it.`;
    case "same":
      return `The values of ${code(agent)} stay as they are; what changes is how it is released.`;
    default:
      return state satisfies never;
  }
}

function ofTenant(changes: ChangeSet, tenant: string): string {
  const states = [...agentStates(changes)];
  const gone = states.filter(([, state]) => state === "removed").map(([agent]) => code(agent));
  const loud =
    gone.length === 0
      ? ""
      : `> [!CAUTION]\n> **Takes down** ${listed(gone.slice(0, 20))}${gone.length > 20 ? ` and ${gone.length - 20} more` : ""}.\n\n`;
  const agents =
    states.length === 0
      ? "The objects of the tenant itself change"
      : `Something that ${counted(states.length, "agent")} of ${code(tenant)} share changed`;
  return `${loud}${agents}; this brings what is deployed in line with it.`;
}

function description(changes: readonly AgentChange[]): string | undefined {
  for (const { spec } of changes) {
    if (typeof spec !== "object" || spec === null || !("description" in spec)) continue;
    if (typeof spec.description === "string") return prose(spec.description, 300);
  }
  return undefined;
}

function reasons(changes: ChangeSet): string {
  const all = [...new Set(changes.edits.map((edit) => edit.why).filter((why) => why.trim() !== ""))];
  if (all.length === 0) return "";
  const shown = all.slice(0, 5).map((why) => `- ${prose(why, 400)}`);
  return `\n\n${[...shown, ...(all.length > 5 ? [`- …and ${all.length - 5} more`] : [])].join("\n")}`;
}
