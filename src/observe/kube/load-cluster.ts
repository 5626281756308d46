import {
  type Cluster,
  type Configuration,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
} from "@kubernetes/client-node";
import { proxyFor, readProxies } from "../../domain/network/proxies.ts";
import type { ClusterChoice } from "../kube-reader.ts";

/** The configuration of a cluster; or what is wrong where the kubeconfig cannot be used, or lacks the context. */
export function loadCluster({ env, context }: ClusterChoice): KubeConfig | { readonly problem: string } {
  const config = new KubeConfig();
  try {
    if (env.KUBECONFIG === undefined || env.KUBECONFIG === "") config.loadFromCluster();
    else config.loadFromFile(env.KUBECONFIG);
  } catch (error) {
    return { problem: `the kubeconfig cannot be used: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (context === undefined) return viaProxies(config, env);
  if (config.getContextObject(context) === null)
    return { problem: "raos.yaml names a context in kubernetes.context that the kubeconfig does not have" };
  config.setCurrentContext(context);
  return viaProxies(config, env);
}

/**
 * The configuration with the proxies of the environment, where the kubeconfig names none of its own (`proxy-url`). The cluster
 * that this process runs in is never reached through one: its address is good only inside.
 */
function viaProxies(config: KubeConfig, env: Readonly<Record<string, string | undefined>>): KubeConfig {
  const proxies = readProxies(env);
  if ("problem" in proxies || env.KUBECONFIG === undefined || env.KUBECONFIG === "") return config;
  config.clusters = config.clusters.map((cluster): Cluster => {
    const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server, proxies);
    return proxyUrl === undefined ? cluster : { ...cluster, proxyUrl };
  });
  return config;
}

/** The configuration of clients whose requests end when the signal aborts. Throws where it names no cluster. */
export function clientsUntil(config: KubeConfig, until: AbortSignal): Configuration {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("the configuration names no cluster");
  return createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: {
      default: {
        getName: () => "raos",
        applySecurityAuthentication: async (context) => {
          await config.applySecurityAuthentication(context);
          context.setSignal(until);
        },
      },
    },
  });
}

/** Rejects when the signal aborts, also where the client does not notice it. */
export async function rejectOnAbort<T>(until: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    until.addEventListener("abort", () => reject(until.reason), { once: true });
  });
  work.catch(() => {});
  late.catch(() => {});
  return Promise.race([work, late]);
}
