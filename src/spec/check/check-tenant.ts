import type { Config, Tenant } from "../../domain/kinds/kinds.ts";
import type { Problem } from "../../domain/problem.ts";
import { didYouMean } from "../problems/nearest.ts";
import { problemAt } from "../problems/problems.ts";
import type { YamlDocument } from "../yaml/read-yaml.ts";
import { tenantLabelProblems } from "./check-labels.ts";

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
    problems.push(
      problemAt(
        document,
        `/spec/environments/${index}`,
        `unknown environment ${name}; ${didYouMean(name, known, `raos.yaml has ${known.join(", ")}`)}`,
      ),
    );
  }
  return [...problems, ...acceptsProblems(document, tenant), ...tenantLabelProblems(document, tenant.metadata, config)];
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
