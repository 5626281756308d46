import { type Agent, type AgentKey, deployDir, type Fleet, type SharedInputs, type Snapshot } from "../domain/fleet.ts";
import type { Incident } from "../domain/incident.ts";
import type { Json, Path } from "../domain/scalars.ts";
import type { Version } from "../git/versions.ts";
import { readAgent } from "../spec/read-agent.ts";
import type { SurveyStore } from "../survey/store.ts";
import type { View } from "../survey/view.ts";

/** One agent in one environment, as everything about an incident needs it. */
export interface Subject {
  readonly incident: Incident;
  readonly agent: Agent;
  readonly environment: string;
  readonly namespace: string;
  /** The spec in effect, defaults filled in. */
  readonly spec: Json;
  /** The versions of its spec file, newest first, at most 20. */
  readonly versions: readonly Version[];
  readonly shared: SharedInputs;
}

const VERSIONS = 20;

/** The agent an incident is about, read from the repository; undefined where its spec has a Problem now. Throws GitError. */
export async function subjectOf(
  incident: Incident,
  slice: Promise<Snapshot>,
  view: View,
  fleet: Fleet,
  path: Path | undefined,
): Promise<Subject | undefined> {
  const [snapshot, versions] = await Promise.all([slice, path === undefined ? [] : view.versions(path, VERSIONS)]);
  const oid = path === undefined ? undefined : snapshot.oid(path);
  if (path === undefined || oid === undefined) return undefined;
  const prompt = (file: Path) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  const { agent } = readAgent(path, oid, snapshot.read(path), fleet, prompt);
  const effective = agent?.environments.get(incident.environment);
  if (agent === undefined || effective === undefined) return undefined;
  return {
    incident,
    agent,
    environment: incident.environment,
    namespace: agent.facts.namespace,
    spec: JSON.parse(JSON.stringify(effective.spec)),
    versions,
    shared: fleet,
  };
}

/** What a plan of some agents reads. A path that ends in "/" is a folder. */
export function pathsOfAgents(
  agents: readonly AgentKey[],
  environments: readonly string[],
  store: SurveyStore,
): readonly Path[] {
  return agents.flatMap((key) => [
    ...store.rowsOf(key).flatMap((row) => [row.path, ...(row.facts?.prompts ?? [])]),
    ...environments.map((environment) => `${deployDir(environment, key)}/`),
  ]);
}
