import { parseAllDocuments } from "yaml";
import { isKubeObject, type KubeObject } from "../kubernetes/kube-client.ts";
import type { Cluster } from "./cluster.ts";

/** A repository that a cluster is to deploy from. */
export interface DeployedRepository {
  /** Its address, as source-controller fetches it. */
  readonly url: string;
  readonly branch: string;
  /** The texts of `clusters/<environment>/*.yaml`, as RAOS wrote them. */
  readonly manifests: readonly string[];
  /** How long helm-controller waits for pods; undefined: as RAOS says, five minutes. */
  readonly timeout?: string | undefined;
}

/**
 * Points a cluster's Flux at a repository, as a person does: with the GitRepository that RAOS' Kustomization names, as `flux bootstrap`
 * makes it, and with what RAOS wrote for this environment. Throws what the API server objects to.
 */
export async function deployFrom(cluster: Cluster, repository: DeployedRepository): Promise<void> {
  const { url, branch, manifests, timeout } = repository;
  const documents = manifests.flatMap((text) => parseAllDocuments(text).map((document): unknown => document.toJS()));
  const objects = documents.filter(isKubeObject);
  const root = objects.find(isKustomization);
  if (root === undefined) throw new Error("there is no Kustomization of Flux among the manifests");
  const source: KubeObject & { readonly spec: object } = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: root.spec.sourceRef.name, namespace: root.metadata.namespace ?? "default" },
    spec: { interval: "1s", url, ref: { branch } },
  };
  const applied = objects.map((object) => (timeout === undefined ? object : quickly(object, timeout)));
  for (const object of [source, ...applied]) {
    const objections = await cluster.apply(object);
    if (objections.length > 0) throw new Error(`${object.kind} ${object.metadata.name}: ${objections.join("\n")}`);
  }
}

type Kustomization = KubeObject & { readonly spec: { readonly sourceRef: { readonly name: string } } };

function isKustomization(object: KubeObject): object is Kustomization {
  return object.kind === "Kustomization" && object.apiVersion.startsWith("kustomize.toolkit.fluxcd.io/");
}

/** RAOS' Kustomization with a patch of the operator's own, by which a failure shows within seconds. */
function quickly(object: KubeObject, timeout: string): KubeObject {
  if (!isKustomization(object)) return object;
  const target = { group: "helm.toolkit.fluxcd.io", kind: "HelmRelease" };
  const patch = JSON.stringify([{ op: "replace", path: "/spec/timeout", value: timeout }]);
  return Object.assign({}, object, { spec: { ...object.spec, patches: [{ target, patch }] } });
}
