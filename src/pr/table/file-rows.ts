import type { FileChange } from "../../domain/change-set.ts";
import { changedLines } from "../body/diff-text.ts";
import type { Row } from "./row.ts";

/** A file with more changed lines than this gets no rows. */
const MOST_LINES = 6;

/**
 * Rows for the changed lines of generated files other than values.yaml (release, Application, tenant), where each changed
 * line is `key: value` before and after, with the same key. None for other changes, and for added or removed files: the
 * diff shows those.
 */
export function fileRows(file: FileChange): readonly Row[] {
  const [root, environment, tenant, name, base] = file.path.split("/");
  const isAgents = base !== undefined;
  const shown = isAgents ? base : name;
  if (root !== "deploy" || environment === undefined || tenant === undefined || shown === undefined) return [];
  if (shown === "values.yaml" || file.before === undefined || file.text === undefined) return [];
  const { removed, added } = changedLines(file.before.text, file.text);
  if (removed.length !== added.length || removed.length > MOST_LINES) return [];
  const rows = removed.map((line, index): readonly Row[] | undefined => {
    const [before, after] = [keyValue(line), keyValue(added[index] ?? "")];
    if (before === undefined || after === undefined || before.key !== after.key) return undefined;
    if ([before, after].every((one) => isNameOfValues(one, `${tenant}.${name}`))) return [];
    const agent = isAgents ? `${tenant}/${name}` : tenant;
    const what = `${before.key} in ${shown}`;
    const row: Row = {
      agent,
      what,
      before: before.value,
      after: after.value,
      environments: [environment],
      rank: 0,
      // Pods of the namespace may have access to their node.
      widens: before.key === "pod-security.kubernetes.io/enforce" && after.value === "privileged",
    };
    return [row];
  });
  return rows.every((row) => row !== undefined) ? rows.flat() : [];
}

/** Whether a line names the ConfigMap of a release's values, which holds a digest of them: the values say what changes. */
function isNameOfValues({ key, value }: KeyValue, release: string): boolean {
  if (key !== "name") return false;
  return (
    value === release || (value.startsWith(`${release}.`) && /^[0-9a-f]{10}$/.test(value.slice(release.length + 1)))
  );
}

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

function keyValue(line: string): KeyValue | undefined {
  const [, key, value] = /^[\s-]*([A-Za-z][\w./-]{0,60}):\s+(\S.{0,300})$/.exec(line) ?? [];
  return key === undefined || value === undefined ? undefined : { key, value: value.replace(/^"(.*)"$/, "$1") };
}
