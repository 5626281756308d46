import type { DroppedEdit, MissingPermission } from "../../domain/alert/incident.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { code, fenced } from "../markdown.ts";

/** Agents and edits that are shown; a storm may have hundreds. */
const MOST_AGENTS = 5;
const MOST_EDITS = 10;

type Forbidden = DroppedEdit & { readonly permission: MissingPermission };

/**
 * The edits that a rule would make and the spec does not allow, and what to write there to allow them, as Markdown; empty where
 * there are none.
 */
export function permissionText(dropped: readonly DroppedEdit[]): string {
  const forbidden = dropped.flatMap((edit): readonly Forbidden[] =>
    edit.permission === undefined || edit.by !== "rule" ? [] : [{ ...edit, permission: edit.permission }],
  );
  const agents = [...Map.groupBy(forbidden, (edit) => edit.permission.agent)];
  const left = agents.length - MOST_AGENTS;
  const more = left > 0 ? [`…and the same for ${left} more of the agents.`] : [];
  return [...agents.slice(0, MOST_AGENTS).map(([agent, edits]) => textOfAgent(agent, edits)), ...more].join("\n\n");
}

function textOfAgent(agent: string, edits: readonly Forbidden[]): string {
  const file = code(`agents/${agent}.yaml`, 200);
  const allowed = [...new Set(edits.flatMap(({ permission }) => permission.allowedPaths))];
  const yaml = `spec:\n  supervision:\n    allowedPaths: [${allowed.map(shownPath).join(", ")}]\n`;
  return [
    `The change would be:\n\n${edits.slice(0, MOST_EDITS).map(changeLine).join("\n")}`,
    `To allow it, write this into ${file}; RAOS then proposes such changes as pull requests. Or make the change there yourself.`,
    fenced(yaml, "yaml"),
  ].join("\n\n");
}

function changeLine({ at, to, permission: { from } }: Forbidden): string {
  if (to === undefined) return `- remove ${code(at, 256)}, which is ${shown(from)} now`;
  return from === undefined
    ? `- set ${code(at, 256)} to ${shown(to)}`
    : `- ${code(at, 256)}: ${shown(from)} → ${shown(to)}`;
}

function shown(value: Json | undefined): string {
  return code(typeof value === "string" ? value : JSON.stringify(value ?? null), 120);
}

/** A pointer in a YAML list: in quotes where it holds more than plain words. */
function shownPath(path: string): string {
  return /^[\w/-]+$/.test(path) ? path : JSON.stringify(path);
}
