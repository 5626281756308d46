import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { parse } from "yaml";
import { valuesDigest } from "../../../src/domain/deployed/values-digest.ts";
import { fleetClone } from "./fleet-clone.ts";
import { raos } from "./raos.ts";

const ROOT = resolve(import.meta.dirname, "../../../charts/agent");
const CHART = Object.fromEntries(
  readdirSync(ROOT, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(ROOT, name)).isFile())
    .map((name) => [`charts/agent/${name}`, readFileSync(join(ROOT, name), "utf8")]),
);
const HEAD = "apiVersion: raos.dev/v1alpha1";

/** A manifest of an object in a namespace. */
export interface ClusterManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** The spec of an agent of acme. */
export function agentSpec(name: string, prompt: string): string {
  return `${HEAD}
kind: Agent
metadata: {name: ${name}, namespace: acme}
spec:
  description: Sorts
  instructions: {inline: ${prompt}}
  model: {name: gpt-5-mini, apiKeySecretRef: {name: llm, key: key}}
`;
}

/** A repository of the tenant acme with the shipped chart, its agents generated and merged; `spec` are further lines of raos.yaml. */
export async function deployedFleet(agents: readonly string[], spec: string) {
  const place = fleetClone(null);
  const cli = async (...args: readonly string[]) => {
    const ran = await raos(place.clone, [...args, "--repo", place.bare]);
    expect(ran.err).toBe("");
    return ran.out;
  };
  /** Commits files, and merges everything that RAOS proposes. */
  async function merge(files: Readonly<Record<string, string | undefined>>): Promise<void> {
    place.commit(files);
    await cli("reconcile");
    const pulls: readonly { readonly number: number }[] = JSON.parse(await cli("pr", "list", "--output", "json"));
    for (const { number } of pulls) await cli("pr", "merge", String(number));
    place.git("pull", "--quiet", "origin", "main");
  }
  await merge({
    ...CHART,
    "raos.yaml": `${HEAD}\nkind: Config\nspec:\n  chart: {path: charts/agent}\n  limits: {openPulls: 100, pullsPerHour: 100}\n${spec}`,
    "tenants/acme.yaml": `${HEAD}\nkind: Tenant\nmetadata: {name: acme}\nspec: {}\n`,
    ...Object.fromEntries(agents.map((name) => [`agents/acme/${name}.yaml`, agentSpec(name, "Sort.")])),
  });
  return {
    place,
    merge,
    head: () => place.git("rev-parse", "HEAD").trim(),
    /** A generated file of an agent, parsed. */
    manifest: (environment: string, agent: string, file: string): ClusterManifest =>
      parse(place.read(`deploy/${environment}/acme/${agent}/${file}`)),
    digest: (environment: string, agent: string) =>
      valuesDigest(place.read(`deploy/${environment}/acme/${agent}/values.yaml`)),
    /** The commit that last changed the agent's generated files, as Git itself says. */
    commit: (environment: string, agent: string) =>
      place.git("log", "-1", "--first-parent", "--format=%H", "--", `deploy/${environment}/acme/${agent}`).trim(),
  };
}
