import { resultLabels } from "../../domain/query/result-labels.ts";
import { templateProblem } from "../fill-query.ts";
import { namesIn } from "../owner/names-in-labels.ts";

/** The only placeholder of a query that is asked once for all agents of an environment. */
const ENVIRONMENT = /\{\{\s*agent\.environment\s*\}\}/g;

/**
 * What is wrong with a query that is asked once for all agents of an environment: it is no PromQL, it asks about one agent, or its
 * series lack the labels that name an agent. Undefined where nothing is, as far as that can be seen.
 */
export function fleetQueryFault(promql: string): string | undefined {
  const template = templateProblem(promql);
  if (template !== undefined) return template;
  const query = inEnvironment(promql, "production");
  if (query.includes("{{"))
    return "it is asked once for all agents of an environment, so only {{agent.environment}} is known; remove the others";
  const labels = resultLabels(query);
  switch (labels.kind) {
    case "problem":
      return labels.problem;
    case "any":
      return undefined;
    case "only":
      return namesAnAgent(labels.labels)
        ? undefined
        : `its series ${labels.labels.size === 0 ? "have no labels" : `only have ${[...labels.labels].join(", ")}`}, so that no agent is known by them; write by (raos_tenant, raos_agent), or by (namespace, pod)`;
    default:
      return labels satisfies never;
  }
}

/** The query for one environment, with its name filled in; a name of an environment needs no escape. */
export function inEnvironment(promql: string, environment: string): string {
  return promql.replace(ENVIRONMENT, environment);
}

/** Whether these labels can name an agent, as the labels of an alert do. */
function namesAnAgent(labels: ReadonlySet<string>): boolean {
  if (labels.has("raos_agent") && labels.has("raos_tenant")) return true;
  if (["name", "application", "consumergroup"].some((label) => labels.has(label))) return true;
  const isNamed = namesIn(Object.fromEntries([...labels].map((label) => [label, "a"]))).length > 0;
  return isNamed || ["pod", "replicaset", "controller", "persistentvolumeclaim"].some((label) => labels.has(label))
    ? labels.has("namespace") || labels.has("exported_namespace")
    : false;
}
