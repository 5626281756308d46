import { parse } from "yaml";
import * as z from "zod";
import { tenantOf } from "../domain/agent-key.ts";
import { type AgentFacts, deployDir, type LineageFacts, type SharedInputs } from "../domain/fleet.ts";
import { needsOf } from "../domain/grant/needs.ts";
import { readLineage } from "../domain/grant/read-lineage.ts";
import { RequestingValues } from "../domain/grant/requesting.ts";
import type { SpecSurvey } from "../plan/survey-spec.ts";
import { assumeFacts } from "./presumed-facts.ts";
import type { SurveySource } from "./source/source.ts";

/** What RAOS generated of an agent's relations to others. Anybody who can write to the repository can write it, so it is parsed. */
const Deployed = z.object({
  peers: z.array(z.object({ name: z.string(), namespace: z.string() })).default([]),
  access: z
    .object({ callers: z.array(z.object({ appId: z.string(), namespace: z.string() })).default([]) })
    .default({ callers: [] }),
  ...RequestingValues.shape,
});
type Deployed = z.infer<typeof Deployed>;

/**
 * The facts that stand for an agent whose spec has Problems: it runs as it was deployed last, so whom it calls, and whom it
 * lets call it, stay as its generated values say. Without this a mistake in one spec would take permissions of an agent that
 * still runs. Undefined where the spec has no Problems, or nothing is deployed.
 */
export async function standingFactsOf(
  { key, path, oid, facts }: SpecSurvey,
  { source, shared, environments }: StandingInputs,
): Promise<AgentFacts | undefined> {
  if (facts !== undefined) return undefined;
  const read = await Promise.all(
    environments.map(async (environment) => {
      const bytes = await source.file(`${deployDir(environment, key)}/values.yaml`);
      const values = bytes === undefined ? undefined : parseDeployed(bytes);
      return values === undefined ? undefined : { environment, values };
    }),
  );
  const deployed = read.filter((one) => one !== undefined);
  const assumed = assumeFacts(shared).get(key);
  if (assumed === undefined || deployed.length === 0) return undefined;
  const peers = deployed.flatMap(({ environment, values }) =>
    values.peers.map(({ name, namespace }) => ({
      callee: `${tenantOfNamespace(namespace, shared)}/${name}`,
      environment,
    })),
  );
  const callers = deployed.flatMap(({ environment, values }) =>
    values.access.callers.map(({ appId, namespace }) => ({ caller: `${namespace}/${appId}`, environment })),
  );
  const across = peers.filter(({ callee }) => tenantOf(callee) !== tenantOf(key));
  return {
    ...assumed,
    path,
    oid,
    calls: [...new Set(peers.map(({ callee }) => callee))].sort(),
    callsAcross: grouped(across, ({ callee }) => callee).map(([callee, where]) => ({ callee, environments: where })),
    ...standingLineage(deployed),
    admits: grouped(callers, ({ caller }) => caller).map(([caller, where]) => ({ caller, environments: where })),
  };
}

/** An agent that another one asked for still counts while its spec has Problems. */
function standingLineage(
  deployed: readonly { readonly environment: string; readonly values: Deployed }[],
): { readonly lineage: LineageFacts } | undefined {
  const read = deployed.map(({ values }) => readLineage(values.runtime?.pod?.annotations ?? {}));
  const lineage = read.find((one) => one.kind === "lineage")?.lineage;
  if (lineage === undefined) return undefined;
  const needs = deployed.map(({ environment, values }) => [environment, needsOf(values)] as const);
  return { lineage: { lineage, needs: Object.fromEntries(needs) } };
}

export interface StandingInputs {
  readonly source: Pick<SurveySource, "file">;
  readonly shared: SharedInputs;
  readonly environments: readonly string[];
}

/** Most bytes of a values file that is read: its prompt is in it. */
const MOST = 4 * 1024 * 1024;

function parseDeployed(bytes: Uint8Array): Deployed | undefined {
  if (bytes.length > MOST) return undefined;
  try {
    return Deployed.safeParse(parse(Buffer.from(bytes).toString("utf8"), { maxAliasCount: 0 })).data;
  } catch {
    return undefined;
  }
}

function tenantOfNamespace(namespace: string, { tenants, lastNamespaces }: SharedInputs): string {
  for (const [tenant, { spec }] of tenants) if ((spec.namespace ?? tenant) === namespace) return tenant;
  for (const [tenant, last] of lastNamespaces ?? []) if (last === namespace) return tenant;
  return namespace;
}

function grouped<T extends { readonly environment: string }>(
  entries: readonly T[],
  nameOfEntry: (entry: T) => string,
): readonly (readonly [name: string, environments: readonly string[]])[] {
  return [...Map.groupBy(entries, nameOfEntry)]
    .map(([name, list]) => [name, [...new Set(list.map(({ environment }) => environment))]] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
