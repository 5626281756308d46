import { Config } from "../domain/kinds/kinds.ts";
import type { Problem } from "../domain/problem.ts";
import type { PlanningWorld } from "../pass/world.ts";
import { layoutProblems } from "../spec/check/check-layout.ts";

const CONFIG_FILE = "raos.yaml";

/**
 * What `raos validate` says of a repository in which there is nothing for RAOS: that its files lie in a folder, or that there are
 * none. Empty where there is a raos.yaml, an agent, or what was generated for one. Throws GitError.
 */
export async function committedLayout({ forge, viewCommit }: PlanningWorld): Promise<readonly Problem[]> {
  const head = await forge.defaultBranch();
  const commit = head.sha === undefined ? undefined : await viewCommit(head.name, head.sha);
  if (commit === undefined) return [];
  const config = await commit.slice([CONFIG_FILE]);
  if (config.oid(CONFIG_FILE) !== undefined || (await commit.source.specs()).length > 0) return [];
  if ((await (await commit.source.deployedTenants()).load()).size > 0) return [];
  const standard = Config.parse({ apiVersion: "raos.dev/v1alpha1", kind: "Config" });
  return layoutProblems(await commit.slice(await commit.named(CONFIG_FILE)), () => true, standard);
}
