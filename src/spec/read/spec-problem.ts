import type { SharedInputs } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import type { Layers } from "../layers/layers.ts";
import { problemOfTemplate, type TemplateFault } from "../layers/template-problem.ts";
import { problemAt } from "../problems/problems.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import { pathInDocument } from "./path-in-document.ts";

/** The Problem of a value in effect in an environment, at the place that gives it: overlay, agent, template or parameter. */
export function specProblem(
  document: YamlDocument,
  layers: Layers,
  environment: string,
  fault: TemplateFault,
  shared: SharedInputs,
): Problem {
  const { path, template } = pathInDocument(layers, environment, fault.path);
  if (template) return problemOfTemplate(document, layers.own.template, fault, shared);
  return problemAt(document, pointerOf(path), fault.message, fault.part);
}
