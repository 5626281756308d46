import { rest } from "../deadline/slices.ts";
import type { AgentKey } from "../domain/fleet.ts";
import { keyOfPath } from "../plan/survey-spec.ts";
import type { PathChange } from "./source.ts";
import type { SurveyStore } from "./store.ts";

/**
 * The agents that a list of changed paths may change: those whose own files changed, those that share a changed tenant,
 * template or prompt, and, since what a broken file would share is not known, the broken ones where any such file changed.
 * raos.yaml is not among the paths: another one means reading everything.
 */
export async function affectedBy(changes: readonly PathChange[], store: SurveyStore): Promise<ReadonlySet<AgentKey>> {
  const keys = new Set<AgentKey>();
  for (const { path } of changes) {
    for (const key of affectedByPath(path, store)) keys.add(key);
    await rest();
  }
  const shared = changes.some(({ path }) => !path.startsWith("deploy/") && !path.startsWith("agents/"));
  if (shared) for (const { key } of store.problems()) keys.add(key);
  return keys;
}

function affectedByPath(path: string, store: SurveyStore): readonly AgentKey[] {
  const [folder, second = "", third = "", fourth = "", ...below] = path.split("/");
  switch (folder) {
    case "agents":
      return [keyOfPath(path), ...store.keysOfPrompt(path)];
    case "deploy":
      return below.length === 0 ? [] : [`${third}/${fourth}`];
    case "tenants": {
      const members = store.keysOfTenant(stem(second));
      return [...members, ...members.flatMap((key) => store.callersOf(key))];
    }
    case "templates":
      return store.keysOfTemplate(stem(second));
    default:
      return store.keysOfPrompt(path);
  }
}

function stem(file: string): string {
  return file.replace(/\.(yaml|yml|json)$/, "");
}
