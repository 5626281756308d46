import type { ApiServer } from "../kubernetes/apiserver.ts";
import { isKubeObject, pathOf } from "../kubernetes/kube-client.ts";

/** Objects that a test stores, with a status as their controllers write it. */
export interface ClusterObjects {
  /** Applies a manifest, and stores the status that `statusOf` makes for the generation which the server gave it. */
  put(plural: string, manifest: ClusterManifest, statusOf?: (generation: number) => object): Promise<void>;
}

export interface ClusterManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
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
