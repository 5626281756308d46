import type { Alert } from "../domain/alert.ts";
import type { AgentFacts, AgentKey, Lookup } from "../domain/fleet.ts";
import type { AlertReason } from "../domain/incident.ts";
import type { Config, Tenant } from "../domain/kinds.ts";

/** What is known of the fleet when an alert comes in. */
export interface Directory {
  readonly facts: Lookup<AgentFacts>;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly config: Config;
}

export type Whose =
  | { readonly kind: "agent"; readonly agent: AgentKey; readonly environment: string }
  | { readonly kind: "none"; readonly reason: AlertReason; readonly message: string };

/**
 * The agent an alert is about, and where: by `raos_agent` and `raos_tenant`, else by namespace with what names a workload or
 * pod; the environment by `raos_environment`, else by the labels that raos.yaml gives each environment, else the only one
 * there is. What is unknown or ambiguous is a named reason, never a guess. Labels are compared whole, as they are.
 */
export function whoseAlert({ labels }: Alert, directory: Directory): Whose {
  const candidates = candidatesOf(labels, directory);
  if (candidates === undefined) return none("not-about-an-agent", "no label names an agent, a workload or a pod");
  const known = [...new Set(candidates)].filter((key) => directory.facts.get(key) !== undefined);
  const [agent, other] = known;
  if (agent === undefined) return none("unknown-agent", "there is no agent of that name");
  if (other !== undefined) return none("ambiguous-agent", `its labels fit ${known.sort().slice(0, 5).join(", ")}`);
  return environmentOf(labels, agent, directory);
}

function candidatesOf(labels: Labels, { tenants }: Directory): readonly AgentKey[] | undefined {
  const { raos_agent: name, raos_tenant: tenant } = labels;
  if (name !== undefined && tenant !== undefined) return [`${tenant}/${name}`];
  const group = labels.consumergroup;
  if (group !== undefined) {
    // Agents consume as `<namespace>.<name>`, where neither holds a dot; the other labels are those of what watches the broker.
    const dot = group.indexOf(".");
    return dot < 0 ? [] : ownersOf(group.slice(0, dot), tenants).map((key) => `${key}/${group.slice(dot + 1)}`);
  }
  const measured = measuredOf(labels);
  const names = namesIn(measured);
  if (measured.namespace === undefined || names.length === 0) return undefined;
  const owners = ownersOf(measured.namespace, tenants);
  return owners.flatMap((owner) => names.map((each) => `${owner}/${each}`));
}

/** Tenants by their namespace: of a storm each alert asks, and the tenants may be many. */
const OWNERS = new WeakMap<Directory["tenants"], ReadonlyMap<string, readonly string[]>>();

function ownersOf(namespace: string, tenants: Directory["tenants"]): readonly string[] {
  const known = OWNERS.get(tenants) ?? byNamespace(tenants);
  OWNERS.set(tenants, known);
  return known.get(namespace) ?? [];
}

function byNamespace(tenants: Directory["tenants"]): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const [key, tenant] of tenants) {
    const namespace = tenant.spec.namespace ?? key;
    const list = owners.get(namespace) ?? [];
    list.push(key);
    owners.set(namespace, list);
  }
  return owners;
}

type Labels = Readonly<Record<string, string>>;

/** Labels that Prometheus puts on all that it scrapes: they name the target. */
const OF_TARGET = new Set(["namespace", "service", "pod", "container", "endpoint", "node", "instance", "job"]);
const EXPORTED = "exported_";

/**
 * The labels of what was measured. Where those of the scraped target took their names, Prometheus calls them `exported_…`,
 * and the others name whatever measured, such as kube-state-metrics or KEDA.
 */
function measuredOf(labels: Labels): Labels {
  if (labels.exported_namespace === undefined) return labels;
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]): readonly (readonly [string, string])[] => {
      if (key.startsWith(EXPORTED)) return [[key.slice(EXPORTED.length), value]];
      return OF_TARGET.has(key) ? [] : [[key, value]];
    }),
  );
}

/** Labels that name a workload, the surest first. The first that is there decides. */
function namesIn(labels: Labels): readonly string[] {
  const {
    raos_agent,
    deployment,
    statefulset,
    app_id,
    pod,
    app,
    job_name,
    job,
    container,
    persistentvolumeclaim,
    name,
  } = labels;
  const scaler = labels.horizontalpodautoscaler ?? labels.scaledobject ?? labels.scaledObject;
  for (const known of [raos_agent, deployment, statefulset, app_id]) if (known !== undefined) return [known];
  if (scaler !== undefined) return [scaler.replace(/^keda-hpa-/, "")];
  if (pod !== undefined) return namesOfPod(pod);
  if (persistentvolumeclaim !== undefined) return namesOfClaim(persistentvolumeclaim);
  for (const known of [app, job_name, name]) if (known !== undefined) return [known];
  if (job !== undefined) return [job.slice(job.lastIndexOf("/") + 1)];
  return container === undefined ? [] : [container];
}

/** `<deployment>-<hash>-<suffix>` or `<statefulset>-<ordinal>`; Kubernetes writes hashes without vowels. */
function namesOfPod(pod: string): readonly string[] {
  const deployment = /^(.+)-[bcdf-hj-np-tv-z0-9]{6,10}-[bcdf-hj-np-tv-z0-9]{5}$/.exec(pod)?.[1];
  const set = /^(.+)-\d{1,5}$/.exec(pod)?.[1];
  return [deployment, set].filter((name) => name !== undefined);
}

/** `<template>-<statefulset>-<ordinal>`. */
function namesOfClaim(claim: string): readonly string[] {
  const [, rest = ""] = /^[^-]+-(.+)-\d{1,5}$/.exec(claim) ?? [];
  return rest === "" ? [] : [rest];
}

function environmentOf(labels: Labels, agent: AgentKey, { facts, config }: Directory): Whose {
  const there = facts.get(agent)?.environments ?? [];
  const named = labels.raos_environment;
  if (named !== undefined) {
    if (there.includes(named)) return { kind: "agent", agent, environment: named };
    return none("unknown-environment", `${agent} is not in an environment of that name`);
  }
  const fitting = config.spec.environments.filter(({ alerts }) => {
    const wanted = Object.entries(alerts ?? {});
    return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
  });
  const places = fitting.map((one) => one.name).filter((name) => there.includes(name));
  const [place, another] = fitting.length === 0 && there.length === 1 ? there : places;
  if (place === undefined)
    return none("unknown-environment", "its labels fit no environment; give environments[].alerts in raos.yaml");
  if (another !== undefined) return none("ambiguous-environment", `its labels fit ${places.join(", ")}`);
  return { kind: "agent", agent, environment: place };
}

function none(reason: AlertReason, message: string): Whose {
  return { kind: "none", reason, message };
}
