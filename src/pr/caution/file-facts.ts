import { tenantOf } from "../../domain/agent-key.ts";
import type { ChangeSet, FileChange } from "../../domain/change-set.ts";
import { parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { AgentKey } from "../../domain/fleet.ts";
import type { Tenant } from "../../domain/kinds/kinds.ts";

/** A file below `deploy/<environment>/<tenant>/`: `agent` undefined where it is the tenant's own. */
interface DeployFile {
  readonly environment: string;
  readonly tenant: string;
  readonly agent: AgentKey | undefined;
  readonly base: string;
  readonly file: FileChange;
}

function deployFiles({ files }: Pick<ChangeSet, "files">): readonly DeployFile[] {
  return files.flatMap((file): readonly DeployFile[] => {
    const parsed = parseDeployPath(file.path);
    if (parsed === undefined || parsed.kind === "chart") return [];
    const { environment, file: base } = parsed;
    return parsed.kind === "tenant"
      ? [{ environment, tenant: parsed.tenant, agent: undefined, base, file }]
      : [{ environment, tenant: tenantOf(parsed.agent), agent: parsed.agent, base, file }];
  });
}

/** Tenants without a file of their own, whose generated objects are deleted, and where. */
export function removedTenants(
  changes: Pick<ChangeSet, "files">,
  tenants: ReadonlyMap<string, Tenant>,
): readonly { readonly tenant: string; readonly environments: readonly string[] }[] {
  const gone = deployFiles(changes).filter(
    ({ agent, base, tenant, file }) =>
      agent === undefined && base === "tenant.yaml" && file.text === undefined && !tenants.has(tenant),
  );
  return [...Map.groupBy(gone, ({ tenant }) => tenant)].map(([tenant, list]) => ({
    tenant,
    environments: list.map(({ environment }) => environment),
  }));
}

/** The agents that another tool delivers from now on. */
interface DeliverySwitch {
  readonly to: "flux" | "argocd";
  readonly agents: readonly AgentKey[];
}

/** The agents of which one tool's file is deleted, and the other's is added. */
export function deliverySwitches(changes: Pick<ChangeSet, "files">): readonly DeliverySwitch[] {
  const files = deployFiles(changes);
  const [added, deleted] = [
    files.filter(({ file }) => file.before === undefined),
    files.filter(({ file }) => file.text === undefined),
  ];
  const moved = (from: string, into: string): readonly AgentKey[] => {
    const left = new Set(deleted.filter(({ base }) => base === from).map(({ agent }) => agent));
    const agents = added.filter(({ base, agent }) => base === into && left.has(agent)).map(({ agent }) => agent);
    return [...new Set(agents)].filter((agent) => agent !== undefined);
  };
  const switches: readonly DeliverySwitch[] = [
    { to: "argocd", agents: moved("release.yaml", "application.yaml") },
    { to: "flux", agents: moved("application.yaml", "release.yaml") },
  ];
  return switches.filter(({ agents }) => agents.length > 0);
}

/** The tenants whose own file names another version of the chart: Flux takes the chart of all their agents from there. */
export function chartSwitches(changes: Pick<ChangeSet, "files">): readonly string[] {
  const moved = deployFiles(changes).filter(
    ({ agent, base, file: { before, text } }) =>
      agent === undefined &&
      base === "tenant.yaml" &&
      before !== undefined &&
      text !== undefined &&
      chartOf(before.text) !== undefined &&
      chartOf(text) !== undefined &&
      chartOf(before.text) !== chartOf(text),
  );
  return [...new Set(moved.map(({ tenant }) => tenant))];
}

/** The document of a tenant's file that names the chart; undefined where there is none. */
function chartOf(text: string): string | undefined {
  return text.split("\n---\n").find((document) => document.split("\n").includes("kind: OCIRepository"));
}
