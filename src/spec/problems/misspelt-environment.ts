import type { Agent, SharedInputs, Snapshot } from "../../domain/fleet.ts";
import type { Problem } from "../../domain/problem.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { problemAt } from "./problems.ts";

/** As many files have to name an environment that raos.yaml does not have, for the mistake to be in raos.yaml. */
const LEAST_FILES = 2;
const CONFIG_FILE = "raos.yaml";

/**
 * The Problems, with those about a misspelt environment where the mistake stands: where several files name an environment that
 * raos.yaml does not have, and none names the one that it has nearly, raos.yaml is wrong, and the files are right.
 */
export function placeEnvironments(
  problems: readonly Problem[],
  agents: Iterable<Agent>,
  { tenants }: Pick<SharedInputs, "tenants">,
  snapshot: Snapshot,
): readonly Problem[] {
  const named = problems.filter((one) => one.meant !== undefined);
  if (named.length < LEAST_FILES || snapshot.oid(CONFIG_FILE) === undefined) return problems;
  const used = new Set([
    ...[...agents].flatMap(({ overlays }) => [...overlays.keys()]),
    ...[...tenants.values()].flatMap(({ spec }) => spec.environments ?? []),
  ]);
  const groups = [...Map.groupBy(named, ({ meant }) => JSON.stringify(meant)).values()].filter(
    (group) =>
      new Set(group.map(({ file }) => file)).size >= LEAST_FILES && !used.has(group[0]?.meant?.environment ?? ""),
  );
  const document = groups.length === 0 ? undefined : readYaml(CONFIG_FILE, snapshot.read(CONFIG_FILE)).documents[0];
  if (document === undefined) return problems;
  const moved = new Set(groups.flat());
  const files = new Set(groups.flat().map(({ file }) => file));
  const kept = problems
    .filter((one) => !moved.has(one))
    .map((one) => (files.has(one.follows ?? "") ? { ...one, follows: CONFIG_FILE } : one));
  const told = groups.flatMap((group) => {
    const { written = "", environment = "" } = group[0]?.meant ?? {};
    const pointer = pointerOfName(document.value, environment);
    const count = new Set(group.map(({ file }) => file)).size;
    const message = `no file names environment ${environment}, and ${count} name ${written}; did you mean "${written}"?`;
    return [problemAt(document, pointer, message)];
  });
  return [...kept, ...told];
}

function pointerOfName(config: unknown, environment: string): string {
  const list: unknown = Object(Object(config).spec).environments;
  const index = Array.isArray(list) ? list.findIndex((one: unknown) => Object(one).name === environment) : -1;
  return index < 0 ? "/spec/environments" : `/spec/environments/${index}/name`;
}
