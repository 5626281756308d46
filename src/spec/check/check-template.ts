import { AgentFields, type AgentTemplate } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { pointerOf } from "../../domain/values/json-pointer.ts";
import { misfit, usedIn } from "../layers/template.ts";
import { displayValue } from "../problems/display-value.ts";
import { didYouMean } from "../problems/nearest.ts";
import { allComplaints, problemAt } from "../problems/problems.ts";
import { isMap, valueAt } from "../values.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";

/**
 * Problems in a template that the schema cannot find: its agent is not valid, as far as that can be checked before the parameters
 * are filled in; it uses a template; a parameter is declared twice, does not fit its type, or is not declared.
 */
export function checkTemplate(document: YamlDocument, template: AgentTemplate): readonly Problem[] {
  const { agent } = template.spec;
  if (agent.template !== undefined) {
    return [
      problemAt(document, "/spec/agent/template", "a template cannot use a template; write its fields out here", "key"),
    ];
  }
  if (agent.environments !== undefined) {
    return [
      problemAt(
        document,
        "/spec/agent/environments",
        "a template has no overlays; write them in the agents that need them",
        "key",
      ),
    ];
  }
  return [
    ...parameterProblems(document, template),
    ...usageProblems(document, template),
    ...fieldProblems(document, agent),
  ];
}

function parameterProblems(document: YamlDocument, template: AgentTemplate): readonly Problem[] {
  const problems: Problem[] = [];
  const parameters = template.spec.parameters ?? [];
  for (const [index, parameter] of parameters.entries()) {
    const at = `/spec/parameters/${index}`;
    if (parameters.findIndex((other) => other.name === parameter.name) < index)
      problems.push(problemAt(document, `${at}/name`, `a second parameter ${parameter.name}; use each name only once`));
    for (const [option, value] of (parameter.enum ?? []).entries()) {
      const fault = misfit({ name: parameter.name, type: parameter.type }, value);
      if (fault !== undefined) problems.push(problemAt(document, `${at}/enum/${option}`, fault));
    }
    const fault = parameter.default === undefined ? undefined : misfit(parameter, parameter.default);
    if (fault !== undefined) problems.push(problemAt(document, `${at}/default`, fault));
  }
  return problems;
}

function usageProblems(document: YamlDocument, template: AgentTemplate): readonly Problem[] {
  const names = (template.spec.parameters ?? []).map((parameter) => parameter.name);
  const problems: Problem[] = [];
  for (const { path, text } of stringsOf(template.spec.agent, ["spec", "agent"])) {
    for (const name of new Set(usedIn(text))) {
      if (names.includes(name)) continue;
      const message =
        name === ""
          ? "'${' is no parameter here; write $${ for a plain '${'"
          : `unknown parameter ${displayValue(name)}; ${didYouMean(name, names, "declare it under parameters, or write $${ for a plain '${'")}`;
      problems.push(problemAt(document, pointerOf(path), message));
    }
  }
  return problems;
}

/** Problems that the schema finds, without those about values that a parameter will fill. */
function fieldProblems(document: YamlDocument, agent: unknown): readonly Problem[] {
  const parsed = AgentFields.safeParse(agent);
  if (parsed.success) return [];
  const found = allComplaints(parsed.error.issues, AgentFields, agent);
  return found
    .filter(({ path, part }) => part === "key" || !hasParameter(valueAt(agent, path)))
    .map(({ path, message, part }) => problemAt(document, pointerOf(["spec", "agent", ...path]), message, part));
}

function hasParameter(value: unknown): boolean {
  return [...stringsOf(value, [])].some(({ text }) => usedIn(text).length > 0);
}

function* stringsOf(
  value: unknown,
  path: readonly string[],
): Generator<{ readonly path: readonly string[]; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* stringsOf(item, [...path, String(index)]);
  else if (isMap(value)) for (const [key, item] of Object.entries(value)) yield* stringsOf(item, [...path, key]);
}
