import { compile } from "../compile/index.ts";
import type { Agent, AgentFacts, AgentKey, Fleet } from "../domain/fleet.ts";
import { blobOid, treeOid } from "../domain/object-id.ts";
import type { Problem } from "../domain/problem.ts";
import type { Oid, Path } from "../domain/scalars.ts";
import { readAgent } from "../spec/read-agent.ts";

/** What is known of one spec file: enough to tell whether its agent drifted, without keeping its text. */
export interface SpecSurvey {
  readonly path: Path;
  /** `tenant/name`, after the path: a broken file has one too. */
  readonly key: AgentKey;
  readonly oid: Oid;
  /** Undefined where the file has Problems. */
  readonly facts: AgentFacts | undefined;
  readonly problems: readonly Problem[];
  /** Environment → id of the tree its generated folder should be; empty where the file has Problems. */
  readonly trees: Readonly<Record<string, Oid>>;
}

/** Reads and compiles one spec file and keeps the ids of what it generates; the agent itself comes along for the caller. */
export function surveySpec(
  file: { readonly path: Path; readonly oid: Oid; readonly bytes: Uint8Array },
  fleet: Fleet,
  prompt: (path: Path) => Uint8Array | undefined,
): { readonly survey: SpecSurvey; readonly agent: Agent | undefined } {
  const { agent, problems } = readAgent(file.path, file.oid, file.bytes, fleet, prompt);
  const trees = agent === undefined ? {} : expectedTrees(agent, fleet);
  const survey = { path: file.path, key: keyOfPath(file.path), oid: file.oid, facts: agent?.facts, problems, trees };
  return { survey, agent };
}

/** Environment → id of the Git tree that `deploy/<environment>/<tenant>/<name>` should be. */
export function expectedTrees(agent: Agent, fleet: Fleet): Readonly<Record<string, Oid>> {
  const files = new Map<string, { name: string; oid: Oid }[]>();
  for (const [path, text] of compile(agent, fleet)) {
    const [, environment = "", , , name = ""] = path.split("/");
    const list = files.get(environment) ?? [];
    list.push({ name, oid: blobOid(text) });
    files.set(environment, list);
  }
  return Object.fromEntries([...files].map(([environment, list]) => [environment, treeOid(list)]));
}

/** `tenant/name` of `agents/<tenant>/<name>.yaml`; the whole rest of the path where it is not of that form. */
export function keyOfPath(path: Path): AgentKey {
  return path.replace(/^agents\//, "").replace(/\.(yaml|yml|json)$/, "");
}
