import type { AgentKey } from "../../domain/fleet.ts";
import type { Path } from "../../domain/values/scalars.ts";

/** Tenant and name of an agent, from the path of its file. */
export interface AgentPath {
  readonly key: AgentKey;
  readonly tenant: string;
  readonly name: string;
}

/** Tenant and name of `agents/<tenant>/<name>.yaml` (or .yml, .json); undefined for any other path. */
export function agentPath(path: Path): AgentPath | undefined {
  const match = /^agents\/([^/]+)\/([^/]+)\.(?:yaml|yml|json)$/.exec(path);
  const [, tenant, name] = match ?? [];
  return tenant === undefined || name === undefined ? undefined : { key: `${tenant}/${name}`, tenant, name };
}

/** Whether a path is probably meant for an agent: YAML or JSON anywhere below `agents/`, in any case. */
export function looksLikeAgent(path: Path): boolean {
  return /^agents\/.*\.(?:yaml|yml|json)$/i.test(path);
}
