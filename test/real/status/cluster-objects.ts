import type { ClusterManifest } from "../../support/cli/deployed-fleet.ts";
import type { ApiServer } from "../kubernetes/apiserver.ts";
import { isKubeObject, pathOf } from "../kubernetes/kube-client.ts";

/** Objects that a test stores, with a status as their controllers write it. */
export interface ClusterObjects {
  /** Applies a manifest, and stores the status that `statusOf` makes for the generation which the server gave it. */
  put(plural: string, manifest: ClusterManifest, statusOf?: (generation: number) => object): Promise<void>;
}

/** Stores objects in an API server. Throws what the server objects to. */
export function clusterObjects(server: ApiServer): ClusterObjects {
  return {
    async put(plural, manifest, statusOf) {
      const objections = await server.apply(manifest);
      if (objections.length > 0) throw new Error(objections.join("\n"));
      if (statusOf === undefined) return;
      const { name, namespace } = manifest.metadata;
      const path = `${pathOf(manifest.apiVersion)}/namespaces/${namespace}/${plural}/${name}`;
      const { body } = await server.client.send("GET", path);
      if (!isKubeObject(body)) throw new Error(`there is no ${path}`);
      const generation: unknown = Reflect.get(body.metadata, "generation");
      const text = JSON.stringify({ status: statusOf(typeof generation === "number" ? generation : 1) });
      const answer = await server.client.send("PATCH", `${path}/status`, {
        type: "application/merge-patch+json",
        text,
      });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    },
  };
}

/** A condition as a controller writes it, long ago enough to be sorted before what the test does. */
export function condition(type: string, status: string, reason: string, message = ""): object {
  return { type, status, reason, message, lastTransitionTime: "2026-01-02T03:04:05Z" };
}

/** How many of the one pod of a Deployment are there, and what its controller says. */
export interface DeploymentState {
  readonly available: number;
  readonly conditions?: readonly object[];
}

/** The Deployment of an agent of acme in production, of one pod, as charts/agent renders it and its controller writes it. */
export async function putDeployment(
  objects: ClusterObjects,
  name: string,
  digest: string,
  { available, conditions = [] }: DeploymentState,
): Promise<void> {
  const labels = {
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/part-of": "raos",
    "raos.dev/tenant": "acme",
    "raos.dev/environment": "production",
  };
  await objects.put(
    "deployments",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "acme", labels, annotations: { "raos.dev/values-digest": digest } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { "app.kubernetes.io/instance": name } },
        template: { metadata: { labels }, spec: { containers: [{ name: "agent", image: "example.com/agent:1" }] } },
      },
    },
    (observedGeneration) => ({
      ...{ observedGeneration, replicas: 1, updatedReplicas: 1, readyReplicas: available },
      ...{ availableReplicas: available, conditions },
    }),
  );
}
