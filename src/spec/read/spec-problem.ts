import type { SharedInputs } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { declaredLayers, type Layers } from "../layers/layers.ts";
import { overlayAll } from "../layers/merge.ts";
import { modelNamedBy } from "../layers/model-layer.ts";
import { agentOf, problemOfTemplate, type TemplateFault } from "../layers/template-problem.ts";
import { problemAt } from "../problems/problems.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import { pathInDocument } from "./path-in-document.ts";

/**
 * The Problem of a value in effect in an environment, at the place that gives it: overlay, agent, template or parameter. Where a
 * Model gives it, this is where the agent names the Model: others may use it as it is.
 */
export function specProblem(
  document: YamlDocument,
  layers: Layers,
  environment: string,
  fault: TemplateFault,
  shared: SharedInputs,
): Problem {
  const { kind, path } = pathInDocument(layers, environment, fault.path);
  switch (kind) {
    case "written":
      return problemAt(document, pointerOf(path), fault.message, fault.part);
    case "template":
      return problemOfTemplate(document, layers.own.template, fault, shared);
    case "model": {
      const name = modelNamedBy(overlayAll(declaredLayers(layers, environment))) ?? "";
      const from = shared.modelFiles?.get(name) ?? `Model ${name}`;
      const message = `from ${from}, ${pointerOf(["spec", ...fault.path.slice(1)])}: ${fault.message}`;
      const named = { path: ["modelRef", "name"], message };
      return { ...specProblem(document, layers, environment, named, shared), agent: agentOf(document) };
    }
    default:
      return kind satisfies never;
  }
}
