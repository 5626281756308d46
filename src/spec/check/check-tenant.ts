import type { Config, Tenant } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { baseUnits } from "../../domain/values/quantity.ts";
import { didYouMean, nearest } from "../problems/nearest.ts";
import { problemAt } from "../problems/problems.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import { tenantLabelProblems } from "./check-labels.ts";
import { byteFault } from "./rules/amount-rules.ts";

/** Problems in a tenant that the schema cannot find. */
export function checkTenant(document: YamlDocument, tenant: Tenant, config: Config): readonly Problem[] {
  const problems: Problem[] = [];
  const namespace = tenant.spec.namespace ?? tenant.metadata.name;
  if (namespace.startsWith("kube-") || namespace === "default") {
    const pointer = tenant.spec.namespace === undefined ? "/metadata/name" : "/spec/namespace";
    problems.push(
      problemAt(document, pointer, `namespace ${namespace} belongs to Kubernetes; choose one for the tenant alone`),
    );
  }
  const known = config.spec.environments.map((environment) => environment.name);
  for (const [index, name] of (tenant.spec.environments ?? []).entries()) {
    if (known.includes(name)) continue;
    const message = `unknown environment ${name}; ${didYouMean(name, known, `raos.yaml has ${known.join(", ")}`)}`;
    const meant = nearest(name, known);
    const problem = problemAt(document, `/spec/environments/${index}`, message);
    problems.push(meant === undefined ? problem : { ...problem, meant: { written: name, environment: meant } });
  }
  return [
    ...problems,
    ...amountProblems(document, tenant),
    ...acceptsProblems(document, tenant),
    ...tenantLabelProblems(document, tenant.metadata, config),
  ];
}

/** Amounts with a wrong unit, and a default that the API server would refuse since the maximum is lower. */
function amountProblems(document: YamlDocument, { spec }: Tenant): readonly Problem[] {
  const { default: standard, max } = spec.limits ?? {};
  const small = Object.entries({
    quota: spec.quota?.memory,
    "limits/default": standard?.memory,
    "limits/max": max?.memory,
  });
  const units = small.flatMap(([place, amount]) => {
    const message = amount === undefined ? undefined : byteFault(amount);
    return message === undefined ? [] : [problemAt(document, `/spec/${place}/memory`, message)];
  });
  const excess = (["cpu", "memory"] as const).flatMap((name) => {
    const [own, most] = [standard?.[name], max?.[name]];
    if (own === undefined || most === undefined || (baseUnits(own) ?? 0) <= (baseUnits(most) ?? 0)) return [];
    const message = `default ${own} is more than max ${most}; lower the default, or raise max`;
    return [problemAt(document, `/spec/limits/default/${name}`, message)];
  });
  return [...units, ...excess];
}

/** An accepted tenant need not exist: then it calls nobody, and deleting it breaks no other tenant. */
function acceptsProblems(document: YamlDocument, tenant: Tenant): readonly Problem[] {
  const accepts = tenant.spec.accepts ?? [];
  return accepts.flatMap((name, index) => {
    const pointer = `/spec/accepts/${index}`;
    if (name === tenant.metadata.name)
      return [problemAt(document, pointer, "a tenant's agents may call each other without consent; remove it")];
    return accepts.indexOf(name) < index ? [problemAt(document, pointer, `a second ${name}; name each only once`)] : [];
  });
}
