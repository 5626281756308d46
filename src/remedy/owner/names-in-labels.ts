import type { AlertLabels } from "./measured-labels.ts";

type NamesOf = (value: string) => readonly string[];
const itself: NamesOf = (name) => [name];

/**
 * The labels that name a workload, the most certain first, each with the names it may stand for. `container` is none of them:
 * the chart calls every agent's container `agent`, so one that is called as an agent belongs to another workload.
 */
const NAMING_LABELS: readonly (readonly [label: string, names: NamesOf])[] = [
  ["raos_agent", itself],
  ["deployment", itself],
  ["statefulset", itself],
  ["app_id", itself],
  ["horizontalpodautoscaler", namesOfScaler],
  ["hpa", namesOfScaler],
  ["scaledobject", namesOfScaler],
  ["scaledObject", namesOfScaler],
  ["scaledResource", namesOfScaler],
  ["poddisruptionbudget", itself],
  ["replicaset", namesOfController],
  // Azure Monitor's rules: what owns the pod, a ReplicaSet or a StatefulSet.
  ["controller", namesOfController],
  ["workload", itself],
  ["pod", namesOfPod],
  ["persistentvolumeclaim", namesOfClaim],
  ["app", itself],
  ["job_name", namesOfJob],
  ["cronjob", itself],
  ["name", itself],
  ["service", namesOfService],
  ["job", (job) => [job.slice(job.lastIndexOf("/") + 1)]],
];

/** The names that the first of these labels gives. */
export function namesIn(labels: AlertLabels): readonly string[] {
  for (const [label, namesOf] of NAMING_LABELS) {
    const value = labels[label];
    if (value !== undefined) return namesOf(value);
  }
  return [];
}

function namesOfScaler(scaler: string): readonly string[] {
  return [scaler.replace(/^keda-hpa-/, "")];
}

/** A StatefulSet's own name, or `<deployment>-<hash>` of a ReplicaSet. */
function namesOfController(name: string): readonly string[] {
  const deployment = /^(.+)-[bcdf-hj-np-tv-z0-9]{6,10}$/.exec(name)?.[1];
  return deployment === undefined ? [name] : [deployment, name];
}

/** Longest name of a pod that Kubernetes makes up: 58 characters of the owner's name, and 5 of chance. */
const LONGEST_POD = 63;

/**
 * `<deployment>-<hash>-<suffix>` or `<statefulset>-<ordinal>`; Kubernetes writes hashes without vowels. It cuts what precedes the
 * suffix after 58 characters, so from 47 characters of a name on the last hyphen, and then the end of the hash, are lost:
 * `<deployment>-<hash><suffix>` (kubernetes/kubernetes#116447, #110500).
 */
function namesOfPod(pod: string): readonly string[] {
  const deployment = /^(.+)-[bcdf-hj-np-tv-z0-9]{6,10}-[bcdf-hj-np-tv-z0-9]{5}$/.exec(pod)?.[1];
  const set = /^(.+)-\d{1,5}$/.exec(pod)?.[1];
  const cut = pod.length === LONGEST_POD ? /^(.{47,53})-[bcdf-hj-np-tv-z0-9]{9,15}$/.exec(pod)?.[1] : undefined;
  return [deployment, set, cut].filter((name) => name !== undefined);
}

/** `<template>-<statefulset>-<ordinal>`. */
function namesOfClaim(claim: string): readonly string[] {
  const [, rest = ""] = /^[^-]+-(.+)-\d{1,5}$/.exec(claim) ?? [];
  return rest === "" ? [] : [rest];
}

/** A Job's own name, or `<cronjob>-<minutes since 1970>`. */
function namesOfJob(job: string): readonly string[] {
  const cronjob = /^(.+)-\d{8,10}$/.exec(job)?.[1];
  return cronjob === undefined ? [job] : [cronjob, job];
}

/** A Service's own name, or `<app-id>-dapr`, which Dapr's operator makes. */
function namesOfService(service: string): readonly string[] {
  return service.endsWith("-dapr") ? [service.slice(0, -"-dapr".length), service] : [service];
}
