import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type ClusterChoice, type KubeReader, unknownCluster } from "./kube-reader.ts";

/**
 * A reader for the cluster that `KUBECONFIG` names, by its current context or the given one, or the cluster this process runs
 * in; undefined where there is neither, also where `KUBERNETES_SERVICE_HOST` is set to nothing. Throws where the file that `KUBECONFIG` names cannot be read. The client of Kubernetes
 * is loaded with the first read: it is a second of a command that needs none.
 */
export function createKubeReader(choice: ClusterChoice): KubeReader | undefined {
  const { env, context } = choice;
  const file = env.KUBECONFIG ?? "";
  if (file !== "") parse(readFileSync(file, "utf8"), { maxAliasCount: 0 });
  else if (context !== undefined)
    return unknownCluster("raos.yaml names a context in kubernetes.context, and KUBECONFIG is not set");
  else if ((env.KUBERNETES_SERVICE_HOST ?? "") === "") return undefined;
  let opened: Promise<KubeReader> | undefined;
  return {
    async read(...request) {
      opened ??= import("./kubernetes.ts").then(({ openCluster }) => openCluster(choice));
      return (await opened).read(...request);
    },
  };
}
