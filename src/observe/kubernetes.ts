import {
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  type Cluster,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
} from "@kubernetes/client-node";
import { passSignal, signalWithin } from "../deadline/deadline.ts";
import type { MissingReason } from "../domain/alert/evidence.ts";
import { connectionFailure } from "../domain/network/connection-failure.ts";
import { proxyFor, readProxies } from "../domain/network/proxies.ts";
import type { Json } from "../domain/values/scalars.ts";
import { type Apis, readAgentObjects } from "./kube/kube-objects.ts";
import { MOST } from "./kube/workload.ts";
import { type ClusterChoice, type KubeReader, unknownCluster } from "./kube-reader.ts";
import { redactAll, redactJson } from "./redact.ts";

/** Most characters of a line, and of a text in the data. */
const LONGEST_LINE = 600;
const LONGEST_TEXT = 500;

/** The reader of a cluster; one that says what is wrong where the kubeconfig cannot be used, or lacks the context. */
export function openCluster({ env, context }: ClusterChoice): KubeReader {
  const config = new KubeConfig();
  try {
    if (env.KUBECONFIG === undefined || env.KUBECONFIG === "") config.loadFromCluster();
    else config.loadFromFile(env.KUBECONFIG);
  } catch (error) {
    return unknownCluster(`the kubeconfig cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (context === undefined) return readerOf(viaProxies(config, env));
  if (config.getContextObject(context) === null)
    return unknownCluster("raos.yaml names a context in kubernetes.context that the kubeconfig does not have");
  config.setCurrentContext(context);
  return readerOf(viaProxies(config, env));
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

/** A reader by a loaded configuration. */
export function readerOf(config: KubeConfig): KubeReader {
  return {
    async read(request, id, deadlineMs, signal) {
      const query = `${request.what} of ${request.namespace}/${request.agent}`;
      const { name } = request;
      const deadline = AbortSignal.timeout(deadlineMs);
      const until = AbortSignal.any([deadline, signalWithin(deadlineMs, signal)]);
      try {
        const found = await rejectOnAbort(until, readAgentObjects(request, apisOf(config, until)));
        const lines = await redactAll(found.lines.slice(0, MOST).map(oneLine));
        if (lines.length === 0)
          return { kind: "missing", id, name, query, reason: "empty", message: "there are no such objects" };
        const value = shortenTexts(await redactJson(found.value));
        const partial = found.isCut === true ? ["the API server has more of them than were read"] : undefined;
        const shown = lines.map((line) => cutText(line, LONGEST_LINE));
        return { kind: "objects", id, name, query, lines: shown, value, partial };
      } catch (error) {
        if ((signal?.aborted === true || passSignal()?.aborted === true) && !deadline.aborted)
          return {
            kind: "missing",
            id,
            name,
            query,
            reason: "timed-out",
            message: "the pass ended before the answer came",
          };
        return { kind: "missing", id, name, query, ...failure(error, deadline) };
      }
    },
  };
}

/** The text on one line, without invisible characters. */
function oneLine(text: string): string {
  return text.replace(/\p{Cf}/gu, "").replace(/[\s\p{Cc}]+/gu, " ");
}

/** Clients whose requests end when the signal aborts. */
function apisOf(config: KubeConfig, until: AbortSignal): Apis {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error("the configuration names no cluster");
  const configuration = createConfiguration({
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
  return {
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    batch: new BatchV1Api(configuration),
    scaling: new AutoscalingV2Api(configuration),
  };
}

/** Rejects when the signal aborts, also where the client does not notice it. */
async function rejectOnAbort<T>(until: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    until.addEventListener("abort", () => reject(until.reason), { once: true });
  });
  work.catch(() => {});
  late.catch(() => {});
  return Promise.race([work, late]);
}

/** Shortens texts. Redact them first: a shortened secret might not be recognised. */
function shortenTexts(value: Json): Json {
  if (typeof value === "string") return cutText(value, LONGEST_TEXT);
  if (Array.isArray(value)) return value.map(shortenTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shortenTexts(part)]));
}

function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\ud800-\udbff]$/, "");
}

function failure(error: unknown, deadline: AbortSignal): { readonly reason: MissingReason; readonly message: string } {
  if (deadline.aborted) return { reason: "timed-out", message: "the API server took too long" };
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (typeof code === "number")
    return { reason: code < 500 ? "refused" : "unreachable", message: `the API server answered ${code}` };
  const isUnread = error instanceof SyntaxError || (error instanceof TypeError && error.cause === undefined);
  const why = connectionFailure(error) ?? "";
  if (why.includes("TLS certificate"))
    return {
      reason: "unreachable",
      message: `the API server's TLS certificate is not accepted ${/\([A-Z0-9_]+\)$/.exec(why)?.[0] ?? ""}`.trim(),
    };
  return isUnread
    ? { reason: "unreadable", message: "the API server answered in another shape" }
    : { reason: "unreachable", message: "there is no connection to the API server" };
}
