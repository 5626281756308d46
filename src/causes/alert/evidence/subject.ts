import type { Incident } from "../../../domain/alert/incident.ts";
import { type Agent, type AgentKey, deployDir, type SharedInputs, type Snapshot } from "../../../domain/fleet.ts";
import type { Instant, Json, Path } from "../../../domain/values/scalars.ts";
import { isOwnAuthor } from "../../../git/bot.ts";
import type { History, Version } from "../../../git/history/history.ts";
import type { Pass } from "../../../pass/pass.ts";
import { pathsOfAgents } from "../../../pass/paths-of-agents.ts";
import type { IncidentUnit } from "../../../remedy/incident-units.ts";
import { readAgent } from "../../../spec/read/read-agent.ts";
import type { Survey } from "../../../survey/survey.ts";

/** One agent in one environment, as everything about an incident needs it. */
export interface Subject {
  readonly incident: Incident;
  readonly agent: Agent;
  readonly environment: string;
  readonly namespace: string;
  /** The spec in effect, defaults filled in. */
  readonly spec: Json;
  /** The versions of its spec file, newest first, at most 20. */
  readonly versions: readonly SpecVersion[];
  /** When the generated files of this environment were changed last, by whatever change; undefined where they never were. */
  readonly generatedAt: Instant | undefined;
  readonly shared: SharedInputs;
}

/** A version of a spec file, as it concerns one environment. */
export interface SpecVersion extends Version {
  readonly byBot: boolean;
  /** When the files generated from it reached the default branch, and so what deploys them; undefined: not yet. */
  readonly deployedAt: Instant | undefined;
}

/**
 * The agents of a unit, each with its incident, read from the repository; one whose spec has a Problem now is left out. Throws
 * GitError.
 */
export async function readSubjects(pass: Pass, unit: IncidentUnit): Promise<readonly Subject[]> {
  // One read of the files, which the agents share.
  const snapshot = pass.commit.slice(
    pathsOfAgents(
      unit.incidents.map((incident) => incident.agent),
      pass,
    ),
  );
  const subjects = await Promise.all(unit.incidents.map((incident) => readSubject(pass, incident, snapshot)));
  return subjects.filter((subject) => subject !== undefined);
}

/** As `readSubjects`, for one agent of which no alert says anything; undefined where its spec has a Problem now. Throws GitError. */
export async function readQuietSubject(
  pass: Pick<Pass, "commit" | "survey" | "world"> & { readonly forge: Pick<Pass["forge"], "account"> },
  agent: AgentKey,
  environment: string,
): Promise<Subject | undefined> {
  const incident = { agent, environment, remedy: "", alerts: [] };
  return readSubject(pass, incident, pass.commit.slice(pathsOfAgents([agent], pass)));
}

async function readSubject(
  { commit, survey, forge }: Pick<Pass, "commit" | "survey"> & { readonly forge: Pick<Pass["forge"], "account"> },
  incident: Incident,
  files: Promise<Snapshot>,
): Promise<Subject | undefined> {
  const path = survey.pathOf(incident.agent);
  if (path === undefined) return undefined;
  const [, generated = ""] = historyPathsOf(incident.agent, incident.environment, survey);
  const [snapshot, history] = await Promise.all([files, commit.history([path, generated])]);
  const versions = await commit.versions(path, history);
  const oid = snapshot.oid(path);
  if (oid === undefined) return undefined;
  const prompt = (file: Path) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  const { agent } = readAgent(path, oid, snapshot.read(path), survey.fleet, prompt);
  const effective = agent?.environments.get(incident.environment);
  if (agent === undefined || effective === undefined) return undefined;
  return {
    incident,
    agent,
    environment: incident.environment,
    namespace: agent.facts.namespace,
    spec: JSON.parse(JSON.stringify(effective.spec)),
    versions: versions.map((version) => ({
      ...version,
      byBot: isOwnAuthor(version.author, forge.account ?? ""),
      deployedAt: deployedAt(version, history, generated),
    })),
    generatedAt: history.changesOf(generated)[0]?.at,
    shared: survey.fleet,
  };
}

/** The paths whose history a subject needs: the spec file, and the folder of its generated files. */
export function historyPathsOf(agent: AgentKey, environment: string, survey: Survey): readonly Path[] {
  const path = survey.pathOf(agent);
  return path === undefined ? [] : [path, `${deployDir(environment, agent)}/`];
}

/** When the first change of the generated files that has this version reached the default branch: with it, or after it. */
function deployedAt({ order }: Version, history: History, generated: Path): Instant | undefined {
  return history.changesOf(generated).findLast((change) => change.order <= order)?.at;
}

/** When what runs in the environment was changed last, as Git knows it; undefined where it never was. */
export function lastDeployedAt({ versions }: Pick<Subject, "versions">): Instant | undefined {
  return versions.find((version) => version.deployedAt !== undefined)?.deployedAt;
}
