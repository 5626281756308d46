import type { Evidence } from "../domain/alert/evidence.ts";
import type { ObjectsRequest } from "./evidence-reader.ts";

/** Reads objects of one agent; never writes, and never reads Secrets or the values of variables. */
export interface KubeReader {
  read(request: ObjectsRequest, id: string, deadlineMs: number, signal?: AbortSignal): Promise<Evidence>;
}

/** Which cluster is read: by the environment of the process, and a context of the kubeconfig. */
export interface ClusterChoice {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly context?: string | undefined;
}

/** A reader for an environment whose cluster is not known, which says why: never another cluster is read in its place. */
export function unknownCluster(message: string): KubeReader {
  return {
    read: async ({ name, what, namespace, agent }, id) => ({
      ...{ kind: "missing", id, name, query: `${what} of ${namespace}/${agent}`, reason: "not-configured", message },
    }),
  };
}
