import { sourcesOf } from "../../domain/kinds/environment-sources.ts";
import type { Config } from "../../domain/kinds/kinds.ts";
import type { ClusterReading } from "../../domain/rollout/facts.ts";
import type { Shell } from "../shell.ts";

/**
 * Reads how far what is deployed in an environment has come, in the cluster that `KUBECONFIG` and the environment's context name, or
 * in the one that this process runs in. Never another cluster is read in its place. The client of Kubernetes is loaded with the first
 * read.
 */
export async function readEnvironment(
  { env, signal }: Pick<Shell, "env" | "signal">,
  config: Config,
  environment: string,
): Promise<ClusterReading> {
  const { kubernetesContext: context } = sourcesOf(config, environment);
  const closed = closedBecause(env, config, context);
  if (closed !== undefined) return { kind: "closed", words: closed };
  const { delivery, flux, argocd } = config.spec;
  const namespace = delivery === "flux" ? flux.sourceRef.namespace : argocd.namespace;
  const { readCluster } = await import("../../observe/kube/rollouts/read-cluster.ts");
  return readCluster({ env, context }, { environment, delivery, namespace }, signal);
}

/** Whether it is known which cluster is the environment's. */
export function hasCluster({ env }: Pick<Shell, "env">, config: Config, environment: string): boolean {
  return closedBecause(env, config, sourcesOf(config, environment).kubernetesContext) === undefined;
}

/** Why it is not known which cluster is the environment's. */
function closedBecause(env: Shell["env"], { spec }: Config, context: string | undefined): string | undefined {
  const isSet = (env.KUBECONFIG ?? "") !== "";
  if (context !== undefined)
    return isSet ? undefined : "raos.yaml names a context in kubernetes.context, and KUBECONFIG is not set";
  if (!isSet && (env.KUBERNETES_SERVICE_HOST ?? "") === "")
    return "no cluster is configured: set KUBECONFIG, and environments[].kubernetes.context in raos.yaml";
  const unnamed = spec.environments.filter(({ kubernetes }) => kubernetes === undefined);
  return unnamed.length < 2
    ? undefined
    : "KUBECONFIG has one current context and raos.yaml several environments; name the context of each in environments[].kubernetes.context";
}
