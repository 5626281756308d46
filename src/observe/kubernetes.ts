import {
  AppsV1Api,
  AutoscalingV2Api,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
} from "@kubernetes/client-node";
import { passSignal, signalWithin } from "../deadline/deadline.ts";
import type { Evidence, MissingReason } from "../domain/evidence.ts";
import type { Json } from "../domain/scalars.ts";
import { type Apis, MOST, objectsOf } from "./kube-objects.ts";
import type { ObjectsAsk } from "./observatory.ts";
import { redactAll, redactJson } from "./redact.ts";

/** Reads objects of one agent; never writes, and never reads Secrets or the values of variables. */
export interface KubeReader {
  look(ask: ObjectsAsk, id: string, deadlineMs: number, signal?: AbortSignal): Promise<Evidence>;
}

/** Characters of a line and of a text that are told. */
const LONGEST_LINE = 600;
const LONGEST_TEXT = 500;

/**
 * A reader for the cluster that `KUBECONFIG` names, or the one this process runs in; undefined where there is neither.
 * Throws where the file that `KUBECONFIG` names cannot be read.
 */
export function createKubeReader({
  env,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
}): KubeReader | undefined {
  const config = new KubeConfig();
  if (env.KUBECONFIG !== undefined && env.KUBECONFIG !== "") config.loadFromFile(env.KUBECONFIG);
  else if (env.KUBERNETES_SERVICE_HOST !== undefined) config.loadFromCluster();
  else return undefined;
  return readerOf(config);
}

/** A reader by a loaded configuration. */
export function readerOf(config: KubeConfig): KubeReader {
  return {
    async look(ask, id, deadlineMs, signal) {
      const query = `${ask.what} of ${ask.namespace}/${ask.agent}`;
      const { name } = ask;
      const deadline = AbortSignal.timeout(deadlineMs);
      const until = AbortSignal.any([deadline, signalWithin(deadlineMs, signal)]);
      try {
        const found = await within(until, objectsOf(ask, apisOf(config, until)));
        const lines = await redactAll(found.lines.slice(0, MOST).map(oneLine));
        if (lines.length === 0)
          return { kind: "missing", id, name, query, reason: "empty", message: "there are no such objects" };
        const value = shortened(await redactJson(found.value));
        return { kind: "objects", id, name, query, lines: lines.map((line) => cut(line, LONGEST_LINE)), value };
      } catch (error) {
        if ((signal?.aborted === true || passSignal()?.aborted === true) && !deadline.aborted)
          return { kind: "missing", id, name, query, reason: "timed-out", message: "it was given up" };
        return { kind: "missing", id, name, query, ...failure(error, deadline) };
      }
    },
  };
}

/** On one line, without what a reader cannot see. */
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
    scaling: new AutoscalingV2Api(configuration),
  };
}

/** Ends with the signal also where a client waits for something else than its answer. */
async function within<T>(until: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    until.addEventListener("abort", () => reject(until.reason), { once: true });
  });
  work.catch(() => {});
  late.catch(() => {});
  return Promise.race([work, late]);
}

/** Cut after it was redacted, so that no secret loses the part it is known by. */
function shortened(value: Json): Json {
  if (typeof value === "string") return cut(value, LONGEST_TEXT);
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shortened(part)]));
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\ud800-\udbff]$/, "");
}

function failure(error: unknown, deadline: AbortSignal): { readonly reason: MissingReason; readonly message: string } {
  if (deadline.aborted) return { reason: "timed-out", message: "the API server took too long" };
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (typeof code === "number")
    return { reason: code < 500 ? "refused" : "unreachable", message: `the API server answered ${code}` };
  const isUnread = error instanceof SyntaxError || (error instanceof TypeError && error.cause === undefined);
  return isUnread
    ? { reason: "unreadable", message: "the API server answered in another shape" }
    : { reason: "unreachable", message: "there is no connection to the API server" };
}
