import type { ChangeSet } from "../../domain/change-set.ts";
import { type DeployPath, parseDeployPath } from "../../domain/deployed/deploy-path.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import { code, prose, some } from "../markdown.ts";

/**
 * What happens to environments that raos.yaml no longer names, and what a person does afterwards; empty where the change concerns
 * none. A namespace stays: its own annotations tell Flux and Argo CD to leave it.
 */
export function environmentSection(changes: Pick<ChangeSet, "files">, config: Config): string {
  const named = new Set(config.spec.environments.map(({ name }) => name));
  const removed = changes.files.filter(({ text }) => text === undefined).map(({ path }) => parseDeployPath(path));
  const deployed = removed.filter((path) => path !== undefined).filter((path) => !named.has(path.environment));
  const left = [...Map.groupBy(deployed, ({ environment }) => environment)];
  return left.map(([environment, paths]) => sectionOf(environment, paths, config)).join("\n\n");
}

function sectionOf(environment: string, paths: readonly DeployPath[], config: Config): string {
  const place = prose(environment, 63);
  const agents = [...new Set(paths.flatMap((path) => (path.kind === "agent" ? [path.agent] : [])))];
  const own = paths.flatMap((path) => (path.kind === "tenant" && path.file === "tenant.yaml" ? [path.tenant] : []));
  const tenants = [...new Set(own)];
  const named = (names: readonly string[]) =>
    some(
      names.map((name) => code(name, 128)),
      20,
    );
  const taken = [
    ...(agents.length === 0 ? [] : [`everything that ${named(agents)} ${agents.length === 1 ? "has" : "have"} there`]),
    ...(tenants.length === 0 ? [] : [`the quota, limits and network policies of ${named(tenants)}`]),
  ];
  const { deployer, roots } = DELIVERIES[config.spec.delivery];
  return `> [!CAUTION]
> **${place} is no longer in \`raos.yaml\`.** Merged, ${deployer} takes down in ${place}: ${taken.join(", and ")}. Namespaces stay, with the volumes, the Secrets and whatever else RAOS did not make.

When nothing else of ${place} is left, neither here nor in the cluster, delete ${roots} in ${code(`clusters/${environment}/raos.yaml`, 90)} from the cluster, and its namespaces where nobody needs what is in them; then ${code(`clusters/${environment}/`, 80)} and ${code(`deploy/${environment}/`, 80)} from the repository. Not before: ${code(`deploy/${environment}/README.md`, 90)} keeps the folder that ${deployer} needs to see that everything else is gone from it.`;
}

const DELIVERIES: {
  readonly [D in Config["spec"]["delivery"]]: { readonly deployer: string; readonly roots: string };
} = {
  flux: { deployer: "Flux", roots: "the Kustomization" },
  argocd: { deployer: "Argo CD", roots: "the two Applications" },
};
