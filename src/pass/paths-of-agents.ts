import { environmentReadme } from "../compile/delivery/environment-folder.ts";
import { chartDir } from "../domain/deployed/deploy-path.ts";
import { type AgentKey, deployDir, tenantFiles } from "../domain/fleet.ts";
import type { Path } from "../domain/values/scalars.ts";
import type { Pass } from "./pass.ts";

/**
 * The paths that planning these agents reads: specs, prompts, generated folders, and what keeps an environment's folder. A path that
 * ends in "/" is a folder.
 */
export function pathsOfAgents(
  agents: readonly AgentKey[],
  { survey, world }: Pick<Pass, "survey" | "world">,
): readonly Path[] {
  const ofAgents = agents.flatMap((key) => [
    ...world.store.rowsOf(key).flatMap((row) => [row.path, ...(row.facts?.prompts ?? [])]),
    ...survey.environments.map((environment) => `${deployDir(environment, key)}/`),
  ]);
  return [...ofAgents, ...survey.environments.map(environmentReadme)];
}

/** The paths of what is generated for tenants themselves, beside their agents. A path that ends in "/" is a folder. */
export function pathsOfTenants(tenants: readonly string[], { survey }: Pass): readonly Path[] {
  return tenants.flatMap((tenant) =>
    survey.environments.flatMap((environment) => [
      ...tenantFiles(environment, tenant),
      `${chartDir(environment, tenant)}/`,
    ]),
  );
}
