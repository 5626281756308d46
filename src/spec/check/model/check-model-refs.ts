import type { SharedInputs } from "../../../domain/fleet.ts";
import type { Problem } from "../../../domain/problem.ts";
import { pointerOf } from "../../../domain/values/json-pointer.ts";
import type { Layers } from "../../layers/layers.ts";
import { modelNamedBy } from "../../layers/model-layer.ts";
import { agentOf, problemOfTemplate } from "../../layers/template-problem.ts";
import { displayValue } from "../../problems/display-value.ts";
import { didYouMean } from "../../problems/nearest.ts";
import { problemAt } from "../../problems/problems.ts";
import type { YamlDocument } from "../../yaml/read-yaml.ts";

/**
 * Problems of the Models that an agent names: one does not exist, has Problems of its own, or does not let the tenant in. What a
 * template names does not matter where the agent names another one.
 */
export function checkModelRefs(
  document: YamlDocument,
  layers: Layers,
  shared: SharedInputs,
  tenant: string,
): readonly Problem[] {
  const own = modelNamedBy(layers.own);
  const written = [
    { name: own, path: ["spec"] },
    ...[...layers.overlays].map(([environment, overlay]) => ({
      name: modelNamedBy(overlay),
      path: ["spec", "environments", environment],
    })),
  ];
  const found = written.flatMap(({ name, path }) => {
    const fault = name === undefined ? undefined : faultOf(name, shared, tenant);
    if (fault === undefined) return [];
    return [withCause(problemAt(document, pointerOf([...path, "modelRef", "name"]), fault.message), document, fault)];
  });
  const ofTemplate = own === undefined ? modelNamedBy(layers.template) : undefined;
  const fault = ofTemplate === undefined ? undefined : faultOf(ofTemplate, shared, tenant);
  if (fault === undefined) return found;
  const place = { path: ["modelRef", "name"], message: fault.message };
  return [...found, withCause(problemOfTemplate(document, layers.own.template, place, shared), document, fault)];
}

interface RefFault {
  readonly message: string;
  /** The Model's file, where that has the Problem. */
  readonly follows: string | undefined;
}

function withCause(problem: Problem, document: YamlDocument, { follows }: RefFault): Problem {
  return { ...problem, agent: agentOf(document), ...(follows === undefined ? {} : { follows }) };
}

function faultOf(name: string, shared: SharedInputs, tenant: string): RefFault | undefined {
  const model = shared.models.get(name);
  if (model === undefined) {
    const follows = shared.broken?.models.get(name);
    if (follows !== undefined)
      return { message: `Model ${name} has Problems of its own; fix ${follows} first`, follows };
    const names = [...shared.models.keys()];
    const advice = names.length === 0 ? `add models/${name}.yaml` : `there are ${names.slice(0, 10).join(", ")}`;
    return { message: `unknown Model ${displayValue(name)}; ${didYouMean(name, names, advice)}`, follows: undefined };
  }
  const { tenants } = model.spec;
  if (tenants === undefined || tenants.includes(tenant)) return undefined;
  const file = shared.modelFiles?.get(name) ?? `models/${name}.yaml`;
  const message = `Model ${name} is not for tenant ${tenant}; its owners may add ${tenant} to spec.tenants in ${file}, or name another Model`;
  return { message, follows: undefined };
}
