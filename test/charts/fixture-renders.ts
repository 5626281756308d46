import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { compile } from "../../src/compile/index.ts";
import type { Agent, Fleet } from "../../src/domain/fleet.ts";
import { helmTemplate } from "../real/helm/helm.ts";
import { deployments } from "../support/specs/deployments.ts";
import { fixtureFleet } from "../support/specs/fixture-fleet.ts";

export const AGENT_CHART = resolve(import.meta.dirname, "../../charts/agent");

export interface Release {
  /** `environment/tenant/name`. */
  readonly id: string;
  readonly agent: Agent;
  readonly environment: string;
  readonly namespace: string;
  /** Text of values.yaml. */
  readonly values: string;
}

/** Every agent of the fixture fleet in every environment, with its compiled values. */
export function fixtureReleases(): readonly Release[] {
  const { agents, fleet } = fixtureFleet();
  return releasesOf(agents, fleet);
}

/** Every agent of `fixtures/deployments`, with its compiled values. */
export function deploymentReleases(): readonly Release[] {
  const { agents, fleet } = deployments();
  return releasesOf(agents, fleet);
}

function releasesOf(agents: ReadonlyMap<string, Agent>, fleet: Fleet): readonly Release[] {
  return [...agents.values()].flatMap((agent) => {
    const files = compile(agent, fleet);
    return [...agent.environments.keys()].map((environment) => {
      const id = `${environment}/${agent.key}`;
      const values = files.get(`deploy/${id}/values.yaml`) ?? "";
      return { id, agent, environment, namespace: agent.facts.namespace, values };
    });
  });
}

const rendered = new Map<string, Promise<string>>();

/** What the chart renders for a release; the same values are rendered once. */
export function renderRelease(release: Release, version: "helm" | "helm3" = "helm"): Promise<string> {
  const key = `${version} ${release.id} ${release.values}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const { agent, namespace, values } = release;
  const rendering = helmTemplate({ chart: AGENT_CHART, values, release: agent.name, namespace, version });
  rendered.set(key, rendering);
  return rendering;
}

/** Part of a Kubernetes object that tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: objects of twenty kinds are looked into, and the API server judges their shape
  readonly [field: string]: any;
}

/** The objects of a YAML text. Throws where one of its documents is broken. */
export function manifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const object: Manifest | null = document.toJS();
    return object === null ? [] : [object];
  });
}
