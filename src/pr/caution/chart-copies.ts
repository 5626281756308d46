import type { ChangeSet, FileChange } from "../../domain/change-set.ts";
import { CHART_COPIES, parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";

/** What a change does to the copies of the chart that a tenant has. */
export interface CopyChange {
  readonly kind: "new" | "changed" | "removed";
  readonly tenant: string;
  readonly environments: readonly string[];
  /** Files of the chart, by their paths in it, sorted. */
  readonly files: readonly CopiedFile[];
}

interface CopiedFile {
  readonly path: Path;
  readonly how: "new" | "changed" | "removed";
}

interface CopyFile extends CopiedFile {
  readonly tenant: string;
  readonly environment: string;
  readonly change: FileChange;
}

/** What a change does to the copies of the chart: one entry for each tenant and kind. */
export function copyChangesOf(files: readonly FileChange[]): readonly CopyChange[] {
  const byCopy = Map.groupBy(copyFiles(files), ({ tenant, environment }) => `${tenant}/${environment}`);
  const copies = [...byCopy.values()].map((list) => ({ kind: kindOf(list), list }));
  const groups = Map.groupBy(copies, ({ kind, list }) => `${list[0]?.tenant} ${kind}`);
  return [...groups.values()].flatMap((group): readonly CopyChange[] => {
    const [first] = group;
    const [file] = first?.list ?? [];
    if (first === undefined || file === undefined) return [];
    const all = new Map(group.flatMap(({ list }) => list.map(({ path, how }) => [path, { path, how }] as const)));
    return [
      {
        kind: first.kind,
        tenant: file.tenant,
        environments: group.flatMap(({ list }) => list[0]?.environment ?? []),
        files: [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      },
    ];
  });
}

/**
 * The files of which a reviewer wants to see the diff: not those of new and removed copies, which are copies as a whole, and of
 * copies that change alike in several environments those of one.
 */
export function filesToShow(files: readonly FileChange[]): readonly FileChange[] {
  const copied = copyFiles(files);
  const byCopy = Map.groupBy(copied, ({ tenant, environment }) => `${tenant}/${environment}`);
  const whole = [...byCopy.values()].filter((list) => kindOf(list) !== "changed").flat();
  const hidden = new Set<Path>(whole.map(({ change }) => change.path));
  const alike = Map.groupBy(copied, ({ tenant, path, change }) =>
    JSON.stringify([tenant, path, change.before?.oid ?? null, change.text ?? null]),
  );
  for (const [, ...others] of alike.values()) for (const { change } of others) hidden.add(change.path);
  return files.filter(({ path }) => !hidden.has(path));
}

/** The files without those of copies that change: a change of the chart is one pull request for each tenant. */
export function withoutChangedCopies(files: readonly FileChange[]): readonly FileChange[] {
  const byCopy = Map.groupBy(copyFiles(files), ({ tenant, environment }) => `${tenant}/${environment}`);
  const changed = [...byCopy.values()].filter((list) => kindOf(list) === "changed").flat();
  const paths = new Set(changed.map(({ change }) => change.path));
  return files.filter(({ path }) => !paths.has(path));
}

/** Whether a change holds nothing but copies of the chart. */
export function isChartAlone({ files }: Pick<ChangeSet, "files">): boolean {
  return files.length > 0 && copyFiles(files).length === files.length;
}

/** Deployed agents that a change moves to their tenant's copy of the chart, which the change itself does not hold. */
export function waitingForCopy({ files }: Pick<ChangeSet, "files">): readonly AgentKey[] {
  if (copyChangesOf(files).some(({ kind }) => kind === "new")) return [];
  const moved = files.flatMap(({ path, before, text }) => {
    const parsed = parseDeployPath(path);
    if (parsed?.kind !== "agent" || !["release.yaml", "application.yaml"].includes(parsed.file)) return [];
    return before?.text.includes(`${CHART_COPIES}/`) === false && text?.includes(`${CHART_COPIES}/`) === true
      ? [parsed.agent]
      : [];
  });
  return [...new Set(moved)];
}

function copyFiles(files: readonly FileChange[]): readonly CopyFile[] {
  return files.flatMap((change): readonly CopyFile[] => {
    const parsed = parseDeployPath(change.path);
    if (parsed?.kind !== "chart") return [];
    const { tenant, environment, file } = parsed;
    return [{ tenant, environment, path: file, how: howOf(change), change }];
  });
}

function howOf({ before, text }: FileChange): CopiedFile["how"] {
  return before === undefined ? "new" : text === undefined ? "removed" : "changed";
}

/** A copy comes and goes with its Chart.yaml. */
function kindOf(list: readonly CopyFile[]): CopyChange["kind"] {
  return list.find(({ path }) => path === "Chart.yaml")?.how ?? "changed";
}
