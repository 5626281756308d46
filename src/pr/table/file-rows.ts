import type { FileChange } from "../../domain/change-set.ts";
import { CHART_COPIES, parseDeployPath } from "../../domain/deployed/deploy-path.ts";
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
  const place = parseDeployPath(file.path);
  if (place === undefined || file.before === undefined || file.text === undefined) return [];
  const { environment } = place;
  const agent = place.kind === "agent" ? place.agent : place.tenant;
  if (place.kind === "chart") return place.file === "Chart.yaml" ? versionRow(file.before.text, file.text, place) : [];
  if (place.file === "values.yaml") return [];
  const { removed, added } = changedLines(file.before.text, file.text);
  if (removed.length !== added.length || removed.length > MOST_LINES) return [];
  const rows = removed.map((line, index): readonly Row[] | undefined => {
    const [before, after] = [keyValue(line), keyValue(added[index] ?? "")];
    if (before === undefined || after === undefined || before.key !== after.key) return undefined;
    if ([before, after].every((one) => isNameOfValues(one, agent.replace("/", ".")))) return [];
    // From the chart to the tenant's copy of it: a sentence says so, once for all agents.
    if (after.value.includes(`${CHART_COPIES}/`)) return [];
    const what = `${before.key} in ${place.file}`;
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

/** The versions of a tenant's copy of the chart. */
function versionRow(
  before: string,
  after: string,
  { environment, tenant }: { readonly environment: string; readonly tenant: string },
): readonly Row[] {
  const [old, fresh] = [before, after].map((text) => /^version: {0,4}"?([\w.+-]{1,120})"?\s*$/m.exec(text)?.[1]);
  if (old === undefined || fresh === undefined || old === fresh) return [];
  return [
    { agent: tenant, what: "chart", before: old, after: fresh, environments: [environment], rank: 0, widens: false },
  ];
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
