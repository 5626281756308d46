import { compiling } from "../compile/index.ts";
import { type MergedAgent, mergedAgent } from "../compile/merged-agent.ts";
import type { AgentFacts, AgentKey, Fleet, SharedInputs } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import { blobOid, treeOid } from "../domain/values/object-id.ts";
import type { Oid, Path } from "../domain/values/scalars.ts";
import type { Work } from "../domain/work.ts";
import { readAgent } from "../spec/read/read-agent.ts";

/** The result of reading one spec file, without its text. */
export interface SpecSurvey {
  readonly path: Path;
  /** `tenant/name`, after the path: a broken file has one too. */
  readonly key: AgentKey;
  readonly oid: Oid;
  /** Undefined where the file has Problems. */
  readonly facts: AgentFacts | undefined;
  readonly problems: readonly Problem[];
}

/** Environment → id of the Git tree that `deploy/<environment>/<tenant>/<name>` should be. */
export type Trees = Readonly<Record<string, Oid>>;

/**
 * Reads one spec file. Returns what other agents need to know of it, and the agent to compile; no agent
 * where it has Problems.
 */
export function surveySpec(
  file: { readonly path: Path; readonly oid: Oid; readonly bytes: Uint8Array },
  shared: SharedInputs,
  prompt: (path: Path) => Uint8Array | undefined,
): { readonly survey: SpecSurvey; readonly agent: MergedAgent | undefined } {
  const { agent, problems } = readAgent(file.path, file.oid, file.bytes, shared, prompt);
  return {
    survey: { path: file.path, key: keyOfPath(file.path), oid: file.oid, facts: agent?.facts, problems },
    agent: agent && mergedAgent(agent),
  };
}

/** Compiles an agent and returns the ids of the generated folders, one environment at a time. */
export function* expectingTrees(agent: MergedAgent, fleet: Fleet): Work<Trees> {
  const files = new Map<string, { name: string; oid: Oid }[]>();
  const known = new Map<string, { readonly text: string; readonly oid: Oid }>();
  for (const [path, text] of yield* compiling(agent, fleet)) {
    const [, environment = "", , , name = ""] = path.split("/");
    // Environments often have the same file.
    const before = known.get(name);
    const oid = before?.text === text ? before.oid : blobOid(text);
    known.set(name, { text, oid });
    const list = files.get(environment) ?? [];
    list.push({ name, oid });
    files.set(environment, list);
  }
  return Object.fromEntries([...files].map(([environment, list]) => [environment, treeOid(list)]));
}

/** `tenant/name` for `agents/<tenant>/<name>.yaml`; for another path, everything after `agents/`. */
export function keyOfPath(path: Path): AgentKey {
  return path.replace(/^agents\//, "").replace(/\.(yaml|yml|json)$/, "");
}
