import { parseAllDocuments } from "yaml";
import { isKubeObject, type KubeObject } from "../kubernetes/kube-client.ts";
import type { Cluster } from "./cluster.ts";

/** A repository that a cluster is to deploy from. */
export interface DeployedRepository {
  /** Its address, as source-controller fetches it. */
  readonly url: string;
  /** The namespace of Flux's objects. */
  readonly namespace: string;
  /** The texts of `clusters/<environment>/*.yaml`, as RAOS wrote them. */
  readonly manifests: readonly string[];
  /** How long helm-controller waits for pods; undefined: as RAOS says, five minutes. */
  readonly timeout?: string;
}

/**
 * Points a cluster's Flux at a repository, as a person does: with a GitRepository, as `flux bootstrap` makes it, and with what RAOS
 * wrote for this environment. Throws what the API server objects to.
 */
export async function deployFrom(cluster: Cluster, repository: DeployedRepository): Promise<void> {
  const { url, namespace, manifests, timeout } = repository;
  const source: KubeObject & { readonly spec: object } = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "flux-system", namespace },
    spec: { interval: "1s", url, ref: { branch: "main" } },
  };
  const objects = manifests.flatMap((text) => parseAllDocuments(text).map((document): unknown => document.toJS()));
  const applied = objects
    .filter(isKubeObject)
    .map((object) => (timeout === undefined ? object : quickly(object, timeout)));
  for (const object of [source, ...applied]) {
    const objections = await cluster.apply(object);
    if (objections.length > 0) throw new Error(`${object.kind} ${object.metadata.name}: ${objections.join("\n")}`);
  }
}

/** RAOS' Kustomization with a patch of the operator's own, by which a failure shows within seconds. */
function quickly(object: KubeObject & { readonly spec?: object }, timeout: string): KubeObject {
  if (object.kind !== "Kustomization") return object;
  const target = { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" };
  const patch = JSON.stringify([{ op: "replace", path: "/spec/timeout", value: timeout }]);
  const spec = { ...object.spec, patches: [{ target, patch }] };
  return Object.assign({}, object, { spec });
}
