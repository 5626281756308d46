import { yieldToOthers } from "../deadline/slices.ts";
import { parseDeployPath } from "../domain/deployed/deploy-path.ts";
import type { AgentKey } from "../domain/fleet.ts";
import { keyOfPath } from "../plan/survey-spec.ts";
import type { SurveyStore } from "./memo/store.ts";
import type { PathChange } from "./source/source.ts";

/**
 * The agents that changed paths may affect: those whose own files changed, and those that share a changed tenant, template,
 * Model or prompt. It is not known what an agent with Problems shares, so each of them counts where any shared file changed.
 * raos.yaml is not among the paths: after a change of it everything is read.
 */
export async function findAffectedAgents(
  changes: readonly PathChange[],
  store: SurveyStore,
): Promise<ReadonlySet<AgentKey>> {
  const keys = new Set<AgentKey>();
  for (const { path } of changes) {
    for (const key of findAffectedByPath(path, store)) keys.add(key);
    await yieldToOthers();
  }
  const shared = changes.some(({ path }) => !path.startsWith("deploy/") && !path.startsWith("agents/"));
  if (shared) for (const { key } of store.problems()) keys.add(key);
  return keys;
}

function findAffectedByPath(path: string, store: SurveyStore): readonly AgentKey[] {
  const [folder, second = ""] = path.split("/");
  switch (folder) {
    case "agents":
      return [keyOfPath(path), ...store.agents.keysOfPrompt(path)];
    case "deploy":
      return agentsOfDeployPath(path);
    case "tenants": {
      const members = store.agents.keysOfTenant(stem(second));
      return [...members, ...members.flatMap((key) => store.agents.callersOf(key))];
    }
    case "templates":
      return [...store.agents.keysOfTemplate(stem(second)), ...store.agents.keysOfPrompt(path)];
    case "models":
      return [...store.agents.keysOfModel(stem(second)), ...store.agents.keysOfPrompt(path)];
    default:
      return store.agents.keysOfPrompt(path);
  }
}

function agentsOfDeployPath(path: string): readonly AgentKey[] {
  const parsed = parseDeployPath(path);
  return parsed?.kind === "agent" ? [parsed.agent] : [];
}

function stem(file: string): string {
  return file.replace(/\.(yaml|yml|json)$/, "");
}
