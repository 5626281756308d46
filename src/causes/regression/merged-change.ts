import { isWholeTenant } from "../../domain/agent-key.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import { type AgentKey, deployDir } from "../../domain/fleet.ts";
import type { Marker } from "../../domain/proposal.ts";
import type { Path } from "../../domain/values/scalars.ts";
import type { BranchChange } from "../../git/history/history.ts";
import type { Pass } from "../../pass/pass.ts";
import { hashOfBase } from "../../pr/content-hash.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";

/** The commit of the default branch that merged a pull request, and the one before it. */
export interface MergedChange {
  readonly after: CommitView;
  readonly before: CommitView;
  readonly paths: readonly Path[];
}

/**
 * Finds the commit of the default branch by which a pull request came into it, among the last changes of some generated folders: the
 * one that changes exactly the files that the marker's hash names, from the versions that it names. Neither messages nor times are
 * believed. Undefined where there is none. Throws GitError or ForgeError.
 */
export async function findMergedChange(
  pass: Pass,
  { baseHash }: Marker,
  folders: readonly Path[],
): Promise<MergedChange | undefined> {
  const history = await pass.commit.history(folders);
  const all = folders.flatMap((folder) => history.changesOf(folder));
  const changes = [...new Map(all.map((change) => [change.sha, change])).values()];
  for (const change of changes.toSorted((a, b) => a.order - b.order)) {
    const found = await mergedBy(pass, change);
    if (found === undefined) continue;
    const held = await found.before.slice(found.paths);
    const ids = found.paths.map((path) => ({ path, oid: held.oid(path) }));
    if (hashOfBase(ids) === baseHash) return found;
  }
  return undefined;
}

async function mergedBy({ world, base }: Pass, change: BranchChange): Promise<MergedChange | undefined> {
  const [parent] = change.parents;
  const after = await world.viewCommit(base.branch, change.sha);
  const before = parent === undefined ? undefined : await world.viewCommit(base.branch, parent);
  if (after === undefined || before === undefined) return undefined;
  const changes = await after.source.changedSince(before.sha);
  if (changes === undefined) return undefined;
  return { after, before, paths: changes.map(({ path }) => path).sort() };
}

/** The folders of generated files in which the merge of a pull request is looked for. */
export function foldersOfPull(
  { survey }: Pass,
  { cause, edits, requested }: Pick<Marker, "cause" | "edits" | "requested">,
): readonly Path[] {
  const asked = requested === undefined ? [] : [requested.request.agent];
  const named = "agent" in cause ? [cause.agent] : asked;
  const scoped = cause.kind === "drift" && cause.scope.kind === "agent" ? [cause.scope.agent] : [];
  const agents = new Set([...named, ...scoped, ...edits.map(({ agent }) => agent)]);
  const tenant = cause.kind === "drift" && cause.scope.kind === "tenant" ? [cause.scope.tenant] : [];
  return survey.environments.flatMap((environment) => [
    ...[...agents].filter((agent) => !isWholeTenant(agent)).map((agent) => `${deployDir(environment, agent)}/`),
    ...tenant.map((name) => `deploy/${environment}/${name}/`),
  ]);
}

/**
 * The commit of the default branch that changed an agent's generated files before a merge did, in the environments that the merge
 * changed: the spec that ran there until then was current at that commit. An earlier wave may have had the new spec long before.
 * Undefined where it is not among the last changes.
 */
export async function earlierDeployment(
  { commit, world, base }: Pass,
  agent: AgentKey,
  merge: MergedChange,
): Promise<CommitView | undefined> {
  const folders = changedEnvironments(merge, agent).map((environment) => `${deployDir(environment, agent)}/`);
  const history = await commit.history(folders);
  // Changes are numbered within one read.
  const changes = folders.flatMap((folder) => history.changesOf(folder)).toSorted((a, b) => a.order - b.order);
  const merged = changes.find(({ sha }) => sha === merge.after.sha);
  const newest = merged && changes.find(({ order }) => order > merged.order);
  return newest && world.viewCommit(base.branch, newest.sha);
}

/** The environments in which a merge changed generated files of an agent. */
export function changedEnvironments({ paths }: MergedChange, agent: AgentKey): readonly string[] {
  const parsed = paths.map(parseDeployPath);
  const own = parsed.flatMap((path) => (path?.kind === "agent" && path.agent === agent ? [path.environment] : []));
  return [...new Set(own)];
}
