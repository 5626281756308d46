import { AgentFields, type AgentTemplate } from "../domain/kinds.ts";
import type { Problem } from "../domain/problem.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, pointerOf, valueAt } from "./pointer.ts";
import { allComplaints, problemAt } from "./problems.ts";
import type { YamlDocument } from "./read-yaml.ts";
import { show } from "./show.ts";
import { misfit, usedIn } from "./template.ts";

/**
 * What the schema cannot say of a template: that its agent is one, as far as that shows before the parameters are filled
 * in; that it has no template of its own; that its parameters are declared once, fit their type and are known.
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
      problems.push(problemAt(document, `${at}/name`, `a second parameter ${parameter.name}; each name once`));
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
          : `unknown parameter ${show(name)}; ${didYouMean(name, names, "declare it under parameters, or write $${ for a plain '${'")}`;
      problems.push(problemAt(document, pointerOf(path), message));
    }
  }
  return problems;
}

/** Complaints of the schema, less those about values that a parameter is still to fill. */
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
