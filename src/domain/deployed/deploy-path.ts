import type { AgentKey } from "../fleet.ts";
import type { Path } from "../values/scalars.ts";

/**
 * The folder of the tenants' copies of the chart. It lies beside the environments' folders, and not in one, since Flux and Argo CD
 * apply every manifest below an environment's folder, and a chart's templates are none. An environment cannot have this name.
 */
export const CHART_COPIES = "deploy/_charts";

/** `deploy/_charts/<environment>/<tenant>`: the copy of the chart with which the agents of a tenant are deployed. */
export function chartDir(environment: string, tenant: string): Path {
  return `${CHART_COPIES}/${environment}/${tenant}`;
}

/** Whose a file below `deploy/` is; `file` is its path below the folder of the agent, tenant or copy. */
export type DeployPath =
  | { readonly kind: "agent"; readonly environment: string; readonly agent: AgentKey; readonly file: Path }
  | { readonly kind: "tenant"; readonly environment: string; readonly tenant: string; readonly file: Path }
  | { readonly kind: "chart"; readonly environment: string; readonly tenant: string; readonly file: Path };

/** Takes the path of a generated file apart; undefined for any other, such as what keeps an environment's folder. */
export function parseDeployPath(path: Path): DeployPath | undefined {
  const [root, ...below] = path.split("/");
  if (root !== "deploy") return undefined;
  const isChart = path.startsWith(`${CHART_COPIES}/`);
  const [environment, tenant, first, ...rest] = isChart ? below.slice(1) : below;
  if (environment === undefined || tenant === undefined || first === undefined) return undefined;
  if (isChart) return { kind: "chart", environment, tenant, file: [first, ...rest].join("/") };
  return rest.length === 0
    ? { kind: "tenant", environment, tenant, file: first }
    : { kind: "agent", environment, agent: `${tenant}/${first}`, file: rest.join("/") };
}
