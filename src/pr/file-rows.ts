import type { FileChange } from "../domain/change.ts";
import { changedLines } from "./diff-text.ts";
import type { Row } from "./rows.ts";

/** Above this many changed lines a file is no longer told line by line. */
const MOST_LINES = 6;

/**
 * Lines that change in generated files other than values.yaml (release, Application, tenant), as rows: where a line
 * `key: value` becomes another of the same key. Nothing for files that come, go, or change otherwise: the diff has those.
 */
export function fileRows(file: FileChange): readonly Row[] {
  const [root, environment, tenant, name, base] = file.path.split("/");
  const isAgents = base !== undefined;
  const shown = isAgents ? base : name;
  if (root !== "deploy" || environment === undefined || tenant === undefined || shown === undefined) return [];
  if (shown === "values.yaml" || file.before === undefined || file.text === undefined) return [];
  const { removed, added } = changedLines(file.before.text, file.text);
  if (removed.length !== added.length || removed.length > MOST_LINES) return [];
  const rows = removed.map((line, index): Row | undefined => {
    const [before, after] = [keyValue(line), keyValue(added[index] ?? "")];
    if (before === undefined || after === undefined || before.key !== after.key) return undefined;
    const agent = isAgents ? `${tenant}/${name}` : tenant;
    const what = `${before.key} in ${shown}`;
    return {
      agent,
      what,
      before: before.value,
      after: after.value,
      environments: [environment],
      rank: 0,
      widens: false,
    };
  });
  return rows.every((row) => row !== undefined) ? rows : [];
}

function keyValue(line: string): { readonly key: string; readonly value: string } | undefined {
  const [, key, value] = /^[\s-]*([A-Za-z][\w./-]{0,60}):\s+(\S.{0,300})$/.exec(line) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value: value.replace(/^"(.*)"$/, "$1") };
}
