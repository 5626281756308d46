import type { AgentKey, Explanation } from "../../domain/fleet.ts";
import { code, counted, table } from "../markdown.ts";

/** Values that one answer shows. */
const MOST = 60;

/** Where the values of an agent in an environment come from, as a table; `below` is a JSON Pointer that limits them. */
export function explainText(
  agent: AgentKey,
  environment: string,
  values: readonly Explanation[],
  below: string,
): string {
  const found = values.filter(({ pointer }) => pointer === below || pointer.startsWith(`${below}/`) || below === "");
  const where = `${code(agent, 128)} in ${code(environment, 63)}`;
  if (found.length === 0) return `${where} has no value at ${code(below)}.`;
  const rows = found
    .slice(0, MOST)
    .map(({ pointer, value, origin, file }) => [
      code(pointer, 120),
      code(JSON.stringify(value) ?? "null", 120),
      file === undefined ? origin : `${origin}: ${code(file, 120)}`,
    ]);
  const more =
    found.length > MOST
      ? `\n\n…and ${counted(found.length - MOST, "value")} more; name a pointer, such as ${code("/spec/scaling")}.`
      : "";
  return `${where}:\n\n${table(["value", "is", "from"], rows)}${more}`;
}
