import { AppsV1Api, AutoscalingV2Api, BatchV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { passSignal, signalWithin } from "../deadline/deadline.ts";
import type { Json } from "../domain/values/scalars.ts";
import { type Apis, readAgentObjects } from "./kube/kube-objects.ts";
import { clientsUntil, loadCluster, rejectOnAbort } from "./kube/load-cluster.ts";
import { readFailure } from "./kube/read-failure.ts";
import { MOST } from "./kube/workload.ts";
import { type ClusterChoice, type KubeReader, unknownCluster } from "./kube-reader.ts";
import { redactAll, redactJson } from "./redact.ts";

/** Most characters of a line, and of a text in the data. */
const LONGEST_LINE = 600;
const LONGEST_TEXT = 500;

/** The reader of a cluster; one that says what is wrong where the kubeconfig cannot be used, or lacks the context. */
export function openCluster(choice: ClusterChoice): KubeReader {
  const config = loadCluster(choice);
  return "problem" in config ? unknownCluster(config.problem) : readerOf(config);
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
        return { kind: "missing", id, name, query, ...readFailure(error, deadline) };
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
  const configuration = clientsUntil(config, until);
  return {
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    batch: new BatchV1Api(configuration),
    scaling: new AutoscalingV2Api(configuration),
  };
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
