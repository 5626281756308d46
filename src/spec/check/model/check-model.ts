import type { Config, Model, Tenant } from "../../../domain/kinds/kinds.ts";
import type { Problem } from "../../../domain/problem.ts";
import { pointerOf } from "../../../domain/values/json-pointer.ts";
import { didYouMean } from "../../problems/nearest.ts";
import { problemAt } from "../../problems/problems.ts";
import type { YamlDocument } from "../../yaml/read-yaml.ts";
import { hasRegions } from "../rules/model-rules.ts";

/** What a Model may name: environments of raos.yaml, and tenants, also those whose files have Problems. */
export interface KnownNames {
  readonly config: Config;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly broken: ReadonlyMap<string, unknown>;
}

/**
 * Problems in a Model that the schema cannot find. What its users add may make it whole, so that only what is wrong whoever uses it
 * is one.
 */
export function checkModel(document: YamlDocument, { spec }: Model, known: KnownNames): readonly Problem[] {
  return [
    ...tenantProblems(document, spec.tenants ?? [], known),
    ...environmentProblems(document, Object.keys(spec.environments ?? {}), known.config),
    ...regionProblems(document, spec),
  ];
}

/** A name that is nobody's lets in a tenant that takes it later, or is a misspelt one that stays outside. */
function tenantProblems(
  document: YamlDocument,
  tenants: readonly string[],
  known: Omit<KnownNames, "config">,
): readonly Problem[] {
  return tenants.flatMap((name, index) => {
    const pointer = `/spec/tenants/${index}`;
    if (tenants.indexOf(name) < index) return [problemAt(document, pointer, `a second ${name}; name each only once`)];
    if (known.tenants.has(name) || known.broken.has(name)) return [];
    const hint = didYouMean(name, known.tenants.keys(), `add tenants/${name}.yaml, or remove it`);
    return [problemAt(document, pointer, `unknown tenant ${name}; ${hint}`)];
  });
}

function environmentProblems(document: YamlDocument, named: readonly string[], config: Config): readonly Problem[] {
  const known = config.spec.environments.map((environment) => environment.name);
  return named
    .filter((name) => !known.includes(name))
    .map((name) => {
      const hint = didYouMean(name, known, `raos.yaml has ${known.join(", ")}`);
      const message = `unknown environment ${name}; ${hint}`;
      return problemAt(document, pointerOf(["spec", "environments", name]), message, "key");
    });
}

/** A region beside a provider that has none. */
function regionProblems(document: YamlDocument, spec: Model["spec"]): readonly Problem[] {
  const layers = [
    { path: ["spec"], provider: spec.provider, region: spec.region },
    ...Object.entries(spec.environments ?? {}).map(([name, differing]) => ({
      path: ["spec", "environments", name],
      provider: differing?.provider ?? spec.provider,
      region: differing?.region,
    })),
  ];
  return layers
    .filter(({ provider, region }) => typeof region === "string" && !hasRegions(provider))
    .map(({ path, provider }) =>
      problemAt(document, pointerOf([...path, "region"]), `provider ${provider} has no regions; remove it`),
    );
}
