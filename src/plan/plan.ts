import { compileTenant, compiling, values } from "../compile/index.ts";
import type { AgentChange, Cause, ChangeSet, Edit, FileChange } from "../domain/change.ts";
import { type Agent, type AgentKey, deployDir, type Fleet, type Snapshot, tenantFiles } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { Json, Path } from "../domain/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { consentProblems } from "../spec/cross.ts";
import { tryEdits } from "../spec/edit.ts";
import { readAgent } from "../spec/read-agent.ts";
import { readDocuments } from "../spec/read-yaml.ts";

/** What a plan is about, and what it may read. */
export interface PlanScope {
  readonly cause: Cause;
  readonly agents: readonly { readonly key: AgentKey; readonly path: Path | undefined }[];
  /** Tenants whose own objects belong to the change. */
  readonly tenants: readonly string[];
  /** Environments that raos.yaml names or that `deploy/` holds. */
  readonly environments: readonly string[];
  readonly fleet: Fleet;
}

/**
 * What the tree should hold against what it holds, for the agents and tenants in scope: edits applied to the spec files,
 * the result compiled, each generated file compared. An agent without a spec file loses its generated files. Where a spec
 * has Problems they are in the result and none of that agent's generated files is touched.
 */
export function plan(scope: PlanScope, snapshot: Snapshot, edits: readonly Edit[] = []): ChangeSet {
  return finished(planning(scope, snapshot, edits));
}

/** As `plan`, in pieces: an edit, an agent, an environment of it, a file. */
export function* planning(scope: PlanScope, snapshot: Snapshot, edits: readonly Edit[] = []): Work<ChangeSet> {
  const { edited, refused } = yield* editedFiles(snapshot, edits);
  const texts = new Map<Path, string | undefined>(edited);
  const problems: Problem[] = [...refused];
  const changes: AgentChange[] = [];
  for (const { key, path } of scope.agents) {
    const read = path === undefined ? undefined : readOne(path, snapshot, edited, scope.fleet);
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
    for (const [file, text] of wanted) texts.set(file, text);
  }
  for (const tenant of scope.tenants) {
    for (const environment of scope.environments) {
      for (const file of tenantFiles(environment, tenant)) {
        if (snapshot.oid(file) !== undefined) texts.set(file, undefined);
      }
    }
    if (!scope.fleet.tenants.has(tenant)) continue;
    for (const [file, text] of compileTenant(tenant, scope.fleet)) texts.set(file, text);
  }
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

function readOne(path: Path, snapshot: Snapshot, edited: ReadonlyMap<Path, string>, fleet: Fleet) {
  const text = edited.get(path);
  const bytes = text === undefined ? snapshot.read(path) : Buffer.from(text);
  const prompt = (file: Path) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  const read = readAgent(path, snapshot.oid(path) ?? "", bytes, fleet, prompt);
  if (read.agent === undefined) return read;
  // An edit may name another tenant's agent as a peer, and that tenant may have withdrawn its consent.
  const around = { facts: (key: AgentKey) => fleet.facts.get(key) };
  const problems = consentProblems(read.agent.facts, () => bytes, fleet, around);
  return problems.length === 0 ? read : { agent: undefined, problems };
}

/** Spec files with their edits made; an edit that no longer fits its file is a Problem, and then nothing is proposed. */
function* editedFiles(
  snapshot: Snapshot,
  edits: readonly Edit[],
): Work<{ readonly edited: ReadonlyMap<Path, string>; readonly refused: readonly Problem[] }> {
  const edited = new Map<Path, string>();
  const problems: Problem[] = [];
  for (const [file, list] of Map.groupBy(edits, (edit) => edit.file)) {
    let current = textOf(snapshot, file);
    for (const edit of list) {
      const { text, refused } = tryEdits(current, [edit]);
      current = text;
      problems.push(...refused.map(({ message }) => ({ file, line: 1, column: 1, pointer: edit.at, message })));
      yield;
    }
    edited.set(file, current);
  }
  return { edited, refused: problems };
}

function* fileChanges(texts: ReadonlyMap<Path, string | undefined>, snapshot: Snapshot): Work<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const [path, text] of texts) {
    const oid = snapshot.oid(path);
    const before = oid === undefined ? undefined : { oid, text: textOf(snapshot, path) };
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
  const before = snapshot.oid(deployed) === undefined ? undefined : parsed(snapshot.read(deployed));
  const effective = agent?.environments.get(environment);
  if (before === undefined && effective === undefined) return [];
  const after = agent === undefined || effective === undefined ? undefined : values(agent, environment, fleet);
  return [{ agent: key, environment, before, after, spec: effective && json(effective.spec) }];
}

/**
 * What a generated file holds. A person may have written anything into it: where it cannot be read, is too large, or would
 * grow as it is written out (aliases), nothing is known of it.
 */
function parsed(bytes: Uint8Array): Json {
  return json(readDocuments("", bytes).documents[0]?.value);
}

function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null));
}

function textOf(snapshot: Snapshot, path: Path): string {
  return Buffer.from(snapshot.read(path)).toString("utf8");
}
