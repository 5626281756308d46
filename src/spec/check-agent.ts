import type { EffectiveAgent, SharedInputs } from "../domain/fleet.ts";
import type { Problem } from "../domain/problem.ts";
import type { AgentPath } from "./agent-path.ts";
import { checkReach } from "./check-reach.ts";
import { secretFindings } from "./check-secrets.ts";
import { checkSpec, type Finding } from "./check-spec.ts";
import { environmentsOf, type Layers } from "./layers.ts";
import { didYouMean } from "./nearest.ts";
import { pointerOf } from "./pointer.ts";
import { problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";
import { whereabouts } from "./whereabouts.ts";

/** What only the whole of an agent tells: its tenant and overlays exist, and each environment's spec makes sense. */
export function checkAgent(
  document: YamlDocument,
  layers: Layers,
  environments: ReadonlyMap<string, EffectiveAgent>,
  shared: SharedInputs,
  place: AgentPath,
): readonly Problem[] {
  const around = [...tenantProblems(document, shared, place), ...overlayProblems(document, layers, shared, place)];
  const findings = new Map<string, { readonly finding: Finding; readonly environments: string[] }>();
  for (const [environment, { spec }] of environments) {
    // A template's parts and its parameters may make a secret that no file holds.
    const secrets = layers.template === undefined ? [] : secretFindings(spec);
    for (const finding of [...checkSpec(spec), ...checkReach(spec, shared), ...secrets]) {
      const where = pointerOf(whereabouts(layers, environment, finding.path).path);
      const known = findings.get(`${where} ${finding.message}`);
      if (known === undefined) findings.set(`${where} ${finding.message}`, { finding, environments: [environment] });
      else known.environments.push(environment);
    }
  }
  const found = [...findings.values()].map(({ finding, environments: names }) => {
    const { path, template } = whereabouts(layers, names[0] ?? "", finding.path);
    const only = names.length < environments.size && path[1] !== "environments" ? ` (in ${names.join(", ")})` : "";
    const from = template ? `from its template, ${pointerOf(["spec", ...finding.path])}: ` : "";
    return problemAt(document, pointerOf(path), `${from}${finding.message}${only}`, finding.part);
  });
  return [...around, ...found];
}

function tenantProblems(document: YamlDocument, shared: SharedInputs, place: AgentPath): readonly Problem[] {
  if (shared.tenants.has(place.tenant)) return [];
  const pointer = "/metadata/namespace";
  if (shared.broken?.tenants.has(place.tenant))
    return [
      problemAt(
        document,
        pointer,
        `tenant ${place.tenant} has Problems of its own; mend tenants/${place.tenant}.yaml first`,
      ),
    ];
  const hint = didYouMean(place.tenant, shared.tenants.keys(), `add tenants/${place.tenant}.yaml`);
  return [problemAt(document, pointer, `unknown tenant ${place.tenant}; ${hint}`)];
}

function overlayProblems(
  document: YamlDocument,
  layers: Layers,
  shared: SharedInputs,
  place: AgentPath,
): readonly Problem[] {
  const known = shared.config.spec.environments.map((environment) => environment.name);
  const own = environmentsOf(shared.config, shared.tenants.get(place.tenant));
  const problems: Problem[] = [];
  for (const [environment, overlay] of layers.overlays) {
    const pointer = pointerOf(["spec", "environments", environment]);
    if (!known.includes(environment)) {
      problems.push(
        problemAt(
          document,
          pointer,
          `unknown environment ${environment}; ${didYouMean(environment, known, `raos.yaml has ${known.join(", ")}`)}`,
          "key",
        ),
      );
    } else if (!own.includes(environment)) {
      problems.push(
        problemAt(
          document,
          pointer,
          `tenant ${place.tenant} is not in ${environment}; remove the overlay, or add the environment to the tenant`,
          "key",
        ),
      );
    }
    if (overlay.template !== undefined) {
      problems.push(
        problemAt(
          document,
          `${pointer}/template`,
          "an overlay cannot change the template; write the fields themselves",
          "key",
        ),
      );
    }
  }
  return problems;
}
