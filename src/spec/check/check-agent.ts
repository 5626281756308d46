import type { EffectiveAgent, SharedInputs } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { setsValueAt } from "../edit/place-of-edit.ts";
import { environmentsOf, type Layers } from "../layers/layers.ts";
import { didYouMean, nearest } from "../problems/nearest.ts";
import { problemAt } from "../problems/problems.ts";
import type { AgentPath } from "../read/agent-path.ts";
import { pathInDocument } from "../read/path-in-document.ts";
import { specProblem } from "../read/spec-problem.ts";
import { upgradedImages } from "../read/upgraded-images.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import { checkJob } from "./check-job.ts";
import { checkOutside } from "./check-outside.ts";
import { checkPod } from "./check-pod.ts";
import { checkReach } from "./check-reach.ts";
import { secretFindings } from "./check-secrets.ts";
import { checkServiceAccount } from "./check-service-account.ts";
import { checkSpec } from "./check-spec.ts";
import { checkGrant, grantInOverlay } from "./grant/check-grant.ts";
import { idleMaximum } from "./rules/plausible-rules.ts";
import type { SpecFault } from "./rules/spec-fault.ts";
import { tenantLimits } from "./rules/tenant-limits.ts";
import { heldUpgrades } from "./rules/upgrade-rules.ts";

/** Problems of the agent as a whole: its tenant or an overlay does not exist, or the spec of an environment is inconsistent. */
export function checkAgent(
  document: YamlDocument,
  layers: Layers,
  environments: ReadonlyMap<string, EffectiveAgent>,
  shared: SharedInputs,
  place: AgentPath,
): readonly Problem[] {
  const others = [...tenantProblems(document, shared, place), ...overlayProblems(document, layers, shared, place)];
  const moving = new Set(upgradedImages(layers, environments).flatMap((image) => image.environments));
  const faults = new Map<string, { readonly fault: SpecFault; readonly environments: string[] }>();
  for (const [environment, { spec }] of environments) {
    // A template and its parameters may together make a secret that is in neither file.
    const secrets = layers.template === undefined ? [] : secretFindings(spec);
    for (const fault of [
      ...checkSpec(spec),
      ...(isDeclared(layers, environment, ["scaling", "max"]) ? idleMaximum(spec) : []),
      ...checkReach(spec, shared),
      ...checkPod(spec, shared, place.tenant),
      ...checkServiceAccount(spec, shared, place.tenant),
      ...checkJob(spec, shared, place.name),
      ...tenantLimits(spec, shared, place.tenant),
      ...checkOutside(spec, shared, place.tenant),
      ...checkGrant(spec, shared, place.tenant),
      ...(moving.has(environment) ? [] : heldUpgrades(spec)),
      ...secrets,
    ]) {
      const where = pointerOf(pathInDocument(layers, environment, fault.path).path);
      const known = faults.get(`${where} ${fault.message}`);
      if (known === undefined) faults.set(`${where} ${fault.message}`, { fault, environments: [environment] });
      else known.environments.push(environment);
    }
  }
  const found = [...faults.values()].map(({ fault, environments: [first = "", ...more] }) => {
    const isOverlay = pathInDocument(layers, first, fault.path).path[1] === "environments";
    const isOnlyHere = more.length + 1 < environments.size && !isOverlay;
    const message = isOnlyHere ? `${fault.message} (in ${[first, ...more].join(", ")})` : fault.message;
    return specProblem(document, layers, first, { ...fault, message }, shared);
  });
  return [...others, ...found];
}

/** Whether the agent or its template sets a value, and not only its stage. */
function isDeclared({ own, template, overlays }: Layers, environment: string, steps: readonly string[]): boolean {
  return [own, template, overlays.get(environment)].some((layer) => layer !== undefined && setsValueAt(layer, steps));
}

function tenantProblems(document: YamlDocument, shared: SharedInputs, place: AgentPath): readonly Problem[] {
  if (shared.tenants.has(place.tenant)) return [];
  const pointer = "/metadata/namespace";
  const follows = shared.broken?.tenants.get(place.tenant);
  if (follows !== undefined) {
    const message = `tenant ${place.tenant} has Problems of its own; fix ${follows} first`;
    return [{ ...problemAt(document, pointer, message), follows }];
  }
  const hint = didYouMean(place.tenant, shared.tenants.keys(), `add tenants/${place.tenant}.yaml`);
  return [{ ...problemAt(document, pointer, `unknown tenant ${place.tenant}; ${hint}`), agent: place.key }];
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
      const hint = didYouMean(environment, known, `raos.yaml has ${known.join(", ")}`);
      const message = `unknown environment ${environment}; ${hint}`;
      const meant = nearest(environment, known);
      problems.push({
        ...problemAt(document, pointer, message, "key"),
        agent: place.key,
        ...(meant === undefined ? {} : { meant: { written: environment, environment: meant } }),
      });
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
    for (const { path, message } of grantInOverlay(overlay))
      problems.push(
        problemAt(document, pointerOf(["spec", "environments", environment, ...path.map(String)]), message, "key"),
      );
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
