import { chartDir } from "../domain/deployed/deploy-path.ts";
import { stampDigest, valuesDigest } from "../domain/deployed/values-digest.ts";
import { wantedCopy } from "../domain/deployed/wanted-copy.ts";
import { deployDir, type EffectiveAgent, type Fleet, projectFile, tenantFile } from "../domain/fleet.ts";
import type { Config } from "../domain/kinds/kinds.ts";
import type { Json, Path } from "../domain/values/scalars.ts";
import { finished, type Work } from "../domain/work.ts";
import { application, appProject, argocdRoot } from "./delivery/argocd.ts";
import { environmentReadme, environmentReadmeText } from "./delivery/environment-folder.ts";
import { chartRepository, fluxRoot, helmRelease, kustomization } from "./delivery/flux.ts";
import { fluxNotifications, NOTIFICATION_SECRET, type NotificationTarget } from "./delivery/flux-notifications.ts";
import type { MergedAgent } from "./merged-agent.ts";
import { namespaceOf } from "./namespace.ts";
import { type ScalingMode, scalingMode } from "./sections/scaling.ts";
import { agentValues } from "./sections.ts";
import { tenantObjects } from "./tenant.ts";
import { toYamlDocuments } from "./yaml/yaml.ts";
import { yamlInTurn } from "./yaml/yaml-in-turn.ts";

type Delivery = Config["spec"]["delivery"];
/** `digest` is that of the text of values.yaml. */
type AgentObject = (
  agent: MergedAgent,
  effective: EffectiveAgent,
  config: Config,
  mode: ScalingMode,
  digest: string,
) => Json;

/** The files of an agent beside its values.yaml, by what deploys them. */
const releaseFiles: { readonly [D in Delivery]: readonly (readonly [name: string, object: AgentObject])[] } = {
  flux: [
    ["release.yaml", helmRelease],
    ["kustomization.yaml", (agent, _effective, config, _mode, digest) => kustomization(agent, config, digest)],
  ],
  argocd: [["application.yaml", application]],
};

/**
 * Every file generated for an agent: for each of its environments `deploy/<environment>/<tenant>/<name>/` with values.yaml
 * and the release of the configured delivery. A pure function of its arguments; the same input gives the same bytes.
 */
export function compile(agent: MergedAgent, fleet: Fleet): ReadonlyMap<Path, string> {
  return finished(compiling(agent, fleet));
}

/** As `compile`, one environment at a time. */
export function* compiling(agent: MergedAgent, fleet: Fleet): Work<ReadonlyMap<Path, string>> {
  const files = new Map<Path, string>();
  const head = header(agent.path);
  const valuesText = yamlInTurn(head, "compact");
  const releases = releaseFiles[fleet.config.spec.delivery].map(([name, object]) => ({
    name,
    object,
    text: yamlInTurn(head, "block"),
  }));
  for (const effective of agent.environments.values()) {
    const directory = deployDir(effective.environment, agent.key);
    const mode = scalingMode(effective.spec);
    const deployed = valuesText(agentValues(agent, effective, mode, fleet));
    const digest = valuesDigest(deployed);
    // An older chart would refuse a value that it does not know.
    const isStamped = fleet.chart?.knowsDigest === true && "path" in fleet.config.spec.chart;
    files.set(`${directory}/values.yaml`, isStamped ? stampDigest(head, deployed, digest) : deployed);
    for (const { name, object, text } of releases) {
      files.set(`${directory}/${name}`, text(object(agent, effective, fleet.config, mode, digest)));
    }
    yield;
  }
  return files;
}

/**
 * Every file generated for a tenant: for each of its environments `deploy/<environment>/<tenant>/tenant.yaml` (namespace,
 * quota, limits, view rights, default-deny policy; with Flux the chart's OCI artifact) and, with Argo CD, project.yaml. Where
 * the chart is in this repository, also the tenant's copy of it, `deploy/_charts/<environment>/<tenant>/`.
 * Empty for an unknown tenant.
 */
export function compileTenant(tenant: string, fleet: Fleet): ReadonlyMap<Path, string> {
  const files = new Map<Path, string>();
  const own = fleet.tenants.get(tenant);
  if (own === undefined) return files;
  const { config } = fleet;
  const head = header(`tenants/${tenant}.yaml`);
  for (const { name: environment } of config.spec.environments) {
    if (own.spec.environments !== undefined && !own.spec.environments.includes(environment)) continue;
    const objects = [...tenantObjects(own, environment)];
    if (config.spec.delivery === "flux")
      objects.push(...[chartRepository(tenant, config)].filter((object) => object !== undefined));
    for (const [path, text] of tenantChart(environment, tenant, fleet)) files.set(path, text);
    files.set(tenantFile(environment, tenant), head + toYamlDocuments(objects));
    if (config.spec.delivery === "argocd") {
      files.set(
        projectFile(environment, tenant),
        head + toYamlDocuments([appProject(own, environment, namespaceOf(tenant, fleet), config)]),
      );
    }
  }
  return files;
}

/** The files of a tenant's copy of the chart in an environment; none where the chart is from a registry, or cannot be copied. */
function tenantChart(environment: string, tenant: string, fleet: Fleet): readonly (readonly [Path, string])[] {
  const wanted = wantedCopy(tenant, environment, fleet);
  if (wanted.kind !== "copy") return [];
  return [...wanted.copy.files].map(([path, text]) => [`${chartDir(environment, tenant)}/${path}`, text]);
}

/**
 * The chart's values for an agent in one environment, as values.yaml holds them beside their digest; null where the agent is not
 * in it.
 */
export function values(agent: MergedAgent, environment: string, fleet: Fleet): Json {
  const effective = agent.environments.get(environment);
  return effective === undefined ? null : agentValues(agent, effective, scalingMode(effective.spec), fleet);
}

const ROOT_HEADER = "# Points a cluster at what RAOS generates. Apply it once; RAOS does not touch it again.\n";
const roots: { readonly [D in Delivery]: (environment: string, config: Config) => readonly Json[] } = {
  flux: fluxRoot,
  argocd: argocdRoot,
};

/**
 * For each environment `clusters/<environment>/raos.yaml`, the one file that a person applies to the cluster, or to Argo CD, and
 * the file that keeps the folder it points at.
 */
export function rootObjects(config: Config): ReadonlyMap<Path, string> {
  const root = roots[config.spec.delivery];
  return new Map(
    config.spec.environments.flatMap(({ name }) => [
      [`clusters/${name}/raos.yaml`, `${ROOT_HEADER}${toYamlDocuments(root(name, config))}`],
      [environmentReadme(name), environmentReadmeText(name)],
    ]),
  );
}

/**
 * For each environment `clusters/<environment>/notifications.yaml`, with which Flux tells RAOS about roll-outs; a person applies it,
 * as `raos.yaml` beside it.
 */
export function notificationObjects(config: Config, target: NotificationTarget): ReadonlyMap<Path, string> {
  return new Map(
    config.spec.environments.map(({ name }) => [
      `clusters/${name}/notifications.yaml`,
      `${NOTIFICATION_HEADER}${toYamlDocuments(fluxNotifications(name, config, target))}`,
    ]),
  );
}

const NOTIFICATION_HEADER = `# Flux tells RAOS what happens to what it deploys. Needs Flux's notification-controller, and the Secret ${NOTIFICATION_SECRET}, whose
# key token holds RAOS's ROLLOUTS_SECRET; without the Secret no event is sent, and nothing else changes.
`;

function header(source: Path): string {
  return `# Generated by RAOS from ${source}; edit that file instead.\n`;
}
