import { environmentReadme, environmentReadmeText } from "../compile/delivery/environment-folder.ts";
import { compileTenant, compiling, values } from "../compile/index.ts";
import type { Cause } from "../domain/cause.ts";
import type { AgentChange, ChangeSet, Edit, FileChange } from "../domain/change-set.ts";
import { chartDir, parseDeployPath } from "../domain/deployed/deploy-path.ts";
import { DIGEST_KEY } from "../domain/deployed/values-digest.ts";
import { wantedCopy } from "../domain/deployed/wanted-copy.ts";
import { type Agent, type AgentKey, deployDir, type Fleet, type Snapshot, tenantFiles } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { WrittenSpec } from "../domain/request/agent-request.ts";
import { isMapping } from "../domain/values/json.ts";
import type { Json, Path } from "../domain/values/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { readDocuments } from "../spec/yaml/read-yaml.ts";
import { editingSpecs, readEdited, textInSnapshot } from "./edited-specs.ts";

/** What a plan is made for. */
export interface PlanScope {
  readonly cause: Cause;
  readonly agents: readonly { readonly key: AgentKey; readonly path: Path | undefined }[];
  /** Tenants whose own objects belong to the change. */
  readonly tenants: readonly string[];
  /** The environments whose generated files may change: of those that raos.yaml names or that `deploy/` holds. */
  readonly environments: readonly string[];
  readonly fleet: Fleet;
}

/**
 * How the tree has to change for the agents and tenants in scope. It writes whole spec files, applies the edits, compiles the result,
 * and compares each generated file with the present one. The generated files of an agent without a spec file are deleted. Where
 * a spec has Problems, the result holds them, and that agent's generated files do not change.
 */
export function plan(
  scope: PlanScope,
  snapshot: Snapshot,
  edits: readonly Edit[] = [],
  written: readonly WrittenSpec[] = [],
): ChangeSet {
  return finished(planning(scope, snapshot, edits, written));
}

/** As `plan`, in pieces: one edit, one agent in an environment, one file at a time. */
export function* planning(
  scope: PlanScope,
  snapshot: Snapshot,
  edits: readonly Edit[] = [],
  written: readonly WrittenSpec[] = [],
): Work<ChangeSet> {
  const { edited, refused } = yield* editingSpecs(snapshot, edits, written);
  const texts = new Map<Path, string | undefined>(edited);
  const problems: Problem[] = [...refused];
  const changes: AgentChange[] = [];
  for (const { key, path: file } of scope.agents) {
    const isDeleted = file !== undefined && edited.has(file) && edited.get(file) === undefined;
    const path = isDeleted ? undefined : file;
    const read = path === undefined ? undefined : readEdited(path, snapshot, edited, scope.fleet);
    problems.push(...(read?.problems ?? []));
    if (path !== undefined && read?.agent === undefined) continue;
    yield;
    const wanted = read?.agent === undefined ? new Map<Path, string>() : yield* compiling(read.agent, scope.fleet);
    for (const environment of scope.environments) {
      yield;
      const directory = deployDir(environment, key);
      for (const existing of snapshot.list(directory)) texts.set(existing, undefined);
      changes.push(...changeOf(key, environment, read?.agent, snapshot, scope.fleet));
    }
    for (const [file, text] of wanted) if (isIn(scope.environments, file)) texts.set(file, text);
  }
  for (const tenant of scope.tenants)
    for (const [file, text] of tenantTexts(tenant, scope, snapshot)) texts.set(file, text);
  for (const environment of emptied(texts, scope.environments))
    texts.set(environmentReadme(environment), environmentReadmeText(environment));
  return {
    cause: scope.cause,
    base: snapshot.sha,
    agents: scope.agents.map((agent) => agent.key),
    edits,
    files: yield* fileChanges(texts, snapshot),
    changes,
    problems,
  };
}

/** The expected texts of a tenant's own files; undefined for an existing file that has to be deleted. */
function tenantTexts(
  tenant: string,
  { environments, fleet }: PlanScope,
  snapshot: Snapshot,
): ReadonlyMap<Path, string | undefined> {
  const present = environments.flatMap((environment) => [
    ...tenantFiles(environment, tenant).filter((file) => snapshot.oid(file) !== undefined),
    ...(wantedCopy(tenant, environment, fleet).kind === "as-it-is" ? [] : snapshot.list(chartDir(environment, tenant))),
  ]);
  const wanted = fleet.tenants.has(tenant) ? compileTenant(tenant, fleet) : [];
  return new Map<Path, string | undefined>([
    ...present.map((file) => [file, undefined] as const),
    ...[...wanted].filter(([file]) => isIn(environments, file)),
  ]);
}

/** Whether a generated file belongs to one of these environments. */
function isIn(environments: readonly string[], file: Path): boolean {
  const parsed = parseDeployPath(file);
  return parsed === undefined || environments.includes(parsed.environment);
}

/**
 * The environments from which a change takes files and in which it leaves none of its own. Nothing else may be left in the folder,
 * and Git keeps no folder without a file.
 */
function emptied(texts: ReadonlyMap<Path, string | undefined>, environments: readonly string[]): readonly string[] {
  return environments.filter((environment) => {
    const own = [...texts].filter(([path]) => path.startsWith(`deploy/${environment}/`));
    return own.length > 0 && own.every(([, text]) => text === undefined);
  });
}

function* fileChanges(texts: ReadonlyMap<Path, string | undefined>, snapshot: Snapshot): Work<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const [path, text] of texts) {
    const oid = snapshot.oid(path);
    const before = oid === undefined ? undefined : { oid, text: textInSnapshot(snapshot, path) };
    if (before?.text !== text) changes.push({ path, before, text });
    yield;
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function changeOf(
  key: AgentKey,
  environment: string,
  agent: Agent | undefined,
  snapshot: Snapshot,
  fleet: Fleet,
): AgentChange[] {
  const deployed = `${deployDir(environment, key)}/values.yaml`;
  const before =
    snapshot.oid(deployed) === undefined ? undefined : withoutDigest(parseGenerated(snapshot.read(deployed)));
  const effective = agent?.environments.get(environment);
  if (before === undefined && effective === undefined) return [];
  const after = agent === undefined || effective === undefined ? undefined : values(agent, environment, fleet);
  return [{ agent: key, environment, before, after, spec: effective && json(effective.spec) }];
}

/**
 * The value in a generated file; null where it cannot be read. A person may have written anything into it, such as a text that is
 * too large, or aliases that expand without end.
 */
function parseGenerated(bytes: Uint8Array): Json {
  return json(readDocuments("", bytes).documents[0]?.value);
}

/** The values without their digest, which says nothing to a reviewer or a guardrail. */
function withoutDigest(values: Json): Json {
  if (!isMapping(values)) return values;
  const { [DIGEST_KEY]: _, ...rest } = values;
  return rest;
}

function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null));
}
