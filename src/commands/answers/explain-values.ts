import { isDeepStrictEqual } from "node:util";
import { CHECK_NAME } from "../../checks/show-checks.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { Agent, AgentKey } from "../../domain/fleet.ts";
import { isAgentKey } from "../../domain/review/hold.ts";
import { pointerSteps } from "../../domain/values/json-pointer.ts";
import type { JsonPointer, Path } from "../../domain/values/scalars.ts";
import { readDefaultBranch } from "../../pass/read-commit.ts";
import type { World } from "../../pass/world.ts";
import { type ExplainedValue, explainTable } from "../../pr/command/explain-table.ts";
import { code, some } from "../../pr/markdown.ts";
import { redactSecrets } from "../../redaction/redact-secrets.ts";
import { explain } from "../../spec/layers/explain.ts";
import { readAgent } from "../../spec/read/read-agent.ts";
import { findAffectedAgents } from "../../survey/affected-agents.ts";
import type { SurveyStore } from "../../survey/memo/store.ts";
import type { CommitView } from "../../survey/source/commit-view.ts";
import { type Survey, survey } from "../../survey/survey.ts";

/** What a person asks about; left out: the one agent of the pull request, and its whole spec. */
interface Asked {
  readonly agent: AgentKey | undefined;
  readonly pointer: JsonPointer | undefined;
}

/** Characters of a pointer. */
const LONGEST_POINTER = 200;
const USAGE = `Write ${code("/raos explain")}, ${code("/raos explain tenant/name")} or ${code("/raos explain tenant/name /spec/scaling")}.`;

/**
 * Says where the values in effect of an agent come from: as they would be once the pull request of this number is merged, or, on
 * what is no open pull request into the default branch, as they are there. Throws GitError or ForgeError.
 */
export async function explainValues(world: World, number: number, rest: string): Promise<string> {
  const asked = askedIn(rest.split(" ").filter((word) => word !== ""));
  if (asked === undefined) return `That is not understood. ${USAGE}`;
  const commit = await commitOf(world, number);
  if (commit === undefined) return "The repository, or this pull request, cannot be read as it is now.";
  const key = asked.agent ?? commit.agents[0];
  if (key === undefined || (asked.agent === undefined && commit.agents.length > 1)) return whichAgent(commit.agents);
  const agent = await readAgentAt(commit, key);
  if (agent === undefined) return `There is no agent ${code(key, 128)} without Problems ${commit.where}.`;
  const values = explainedValues(agent, commit.survey, asked.pointer);
  if (values.length === 0)
    return `${code(key, 128)} has no value at ${code(asked.pointer ?? "/spec", LONGEST_POINTER)}.`;
  return `${code(key, 128)} ${commit.where}:\n\n${explainTable(values, asked.pointer !== undefined)}`;
}

/** An agent, a pointer, or both in this order; undefined where anything else is written. */
function askedIn(args: readonly string[]): Asked | undefined {
  const [first] = args;
  const agent = first !== undefined && isAgentKey(first) ? first : undefined;
  const rest = agent === undefined ? args : args.slice(1);
  const [pointer] = rest;
  if (rest.length > 1 || (pointer !== undefined && !isPointer(pointer))) return undefined;
  return { agent, pointer };
}

function isPointer(text: string): boolean {
  return text.length <= LONGEST_POINTER && (text === "/spec" || text.startsWith("/spec/"));
}

/** A commit that values are explained of. */
interface ExplainedCommit {
  readonly view: CommitView;
  readonly survey: Survey;
  readonly store: SurveyStore;
  /** The agents that the pull request may affect. */
  readonly agents: readonly AgentKey[];
  /** Such as `once this is merged`. */
  readonly where: string;
}

async function commitOf(world: World, number: number): Promise<ExplainedCommit | undefined> {
  const read = await readDefaultBranch(world);
  if (read.kind !== "read") return undefined;
  const { previews, forge, store } = world;
  const subjects = (await forge.ownChecks?.subjects(read.base.branch, CHECK_NAME)) ?? [];
  const subject = subjects.find(({ pull }) => pull === number);
  if (previews === undefined || subject === undefined)
    return { view: read.commit, survey: read.survey, store, agents: [], where: `on ${code(read.base.branch)}` };
  const merged = await previews.merge(read.base, subject);
  if (merged.kind !== "merged") return undefined;
  const found = await survey(merged.commit.source, previews.store, previews.memory);
  if ("kind" in found) return undefined;
  const affected = await findAffectedAgents(merged.changes, previews.store);
  const agents = [...affected, ...agentsOfGenerated(merged.changes.map(({ path }) => path))];
  return {
    ...{ view: merged.commit, survey: found, store: previews.store, where: "once this is merged" },
    agents: [...new Set(agents)].filter(isAgentKey).sort(),
  };
}

/** `deploy/<environment>/<tenant>/<name>/…` → `<tenant>/<name>`: a pull request of RAOS may hold generated files alone. */
function agentsOfGenerated(paths: readonly Path[]): readonly AgentKey[] {
  return paths.flatMap((path) => {
    const parsed = parseDeployPath(path);
    return parsed?.kind === "agent" ? [parsed.agent] : [];
  });
}

function whichAgent(agents: readonly AgentKey[]): string {
  const named =
    agents.length === 0
      ? ""
      : ` It concerns ${some(
          agents.map((key) => code(key, 128)),
          10,
        )}.`;
  return `Name the agent.${named} ${USAGE}`;
}

/** An agent of a commit as its file says; undefined where there is none without Problems. Throws GitError. */
export async function readAgentAt(
  { view, survey: { fleet, pathOf }, store }: Pick<ExplainedCommit, "view" | "survey" | "store">,
  key: AgentKey,
): Promise<Agent | undefined> {
  const path = pathOf(key);
  if (path === undefined) return undefined;
  const prompts = store.rowsOf(key).flatMap((row) => row.facts?.prompts ?? []);
  const snapshot = await view.slice([path, ...prompts]);
  const oid = snapshot.oid(path);
  if (oid === undefined) return undefined;
  const prompt = (file: Path) => (snapshot.oid(file) === undefined ? undefined : snapshot.read(file));
  return readAgent(path, oid, snapshot.read(path), fleet, prompt).agent;
}

/** The values in effect of an agent at a pointer and below, redacted, in every environment. */
export function explainedValues(
  agent: Agent,
  { fleet }: Survey,
  pointer: JsonPointer | undefined,
): readonly ExplainedValue[] {
  const part = pointerSteps(pointer ?? "/spec");
  return [...agent.environments.keys()].flatMap((environment) =>
    explain(agent, environment, fleet)
      .filter((one) => isDeepStrictEqual(pointerSteps(one.pointer).slice(0, part.length), part))
      .map((one) => ({ ...one, environment, text: redactSecrets(JSON.stringify(one.value) ?? "") })),
  );
}
