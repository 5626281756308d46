import type { Alert } from "../domain/alert/alert.ts";
import type { AlertReason } from "../domain/alert/incident.ts";
import type { AgentFacts, AgentKey, Lookup } from "../domain/fleet.ts";
import type { Config, Tenant } from "../domain/kinds/kinds.ts";
import { type AlertLabels, measuredLabels } from "./owner/measured-labels.ts";
import { namesIn } from "./owner/names-in-labels.ts";

/** What is needed of the fleet to find the agent of an alert. */
export interface FleetDirectory {
  readonly facts: Lookup<AgentFacts>;
  /** Some agents of a tenant, sorted by key. */
  readonly someAgentsOf: (tenant: string) => readonly AgentKey[];
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly config: Config;
}

export type AlertOwner =
  | {
      readonly kind: "agent";
      readonly agent: AgentKey;
      readonly environment: string;
      /** Whether it is about the agent's whole tenant, such as the quota of its namespace; the agent is then one of several. */
      readonly isTenantWide: boolean;
    }
  | { readonly kind: "none"; readonly reason: AlertReason; readonly message: string };

/**
 * The agent and the environment that an alert is about. The agent: by `raos_agent` and `raos_tenant`, else by the name of its
 * HelmRelease or Argo CD Application, else by the namespace and the labels that name a workload or a pod. The environment: by
 * `raos_environment`, else by the Application's name, else by the labels that raos.yaml gives each environment, else the agent's
 * only one. An unknown or ambiguous alert gets a named reason; nothing is guessed.
 */
export function findAlertOwner({ labels }: Alert, directory: FleetDirectory): AlertOwner {
  const measured = measuredLabels(labels);
  const delivered = deliveredObject(measured, directory);
  const tenants = delivered?.tenant ?? (isOwn(labels) ? undefined : tenantsOfQuota(measured, directory));
  if (tenants !== undefined) return ownerOfTenants(tenants, labels, directory);
  const candidates = delivered?.agents ?? candidatesOf(labels, measured, directory);
  if (candidates === undefined) return none("not-about-an-agent", unnamedMessage(measured));
  const known = [...new Set(candidates)].filter((key) => directory.facts.get(key) !== undefined);
  const [agent, other] = known;
  if (agent === undefined) return none("unknown-agent", "there is no agent with this name");
  if (other !== undefined) return none("ambiguous-agent", `its labels match ${known.sort().slice(0, 5).join(", ")}`);
  return environmentOf(labels, agent, directory, delivered?.environment);
}

/** Whether RAOS' own rules raised the alert: they name the agent. */
function isOwn({ raos_agent: name, raos_tenant: tenant }: AlertLabels): boolean {
  return name !== undefined && tenant !== undefined;
}

function unnamedMessage({ node }: AlertLabels): string {
  if (node === undefined) return "no label names an agent, a workload or a pod";
  return "it is about a node; what happens there to an agent's pods raises alerts of its own";
}

function candidatesOf(
  labels: AlertLabels,
  measured: AlertLabels,
  { tenants }: FleetDirectory,
): readonly AgentKey[] | undefined {
  const { raos_agent: name, raos_tenant: tenant } = labels;
  if (name !== undefined && tenant !== undefined) return [`${tenant}/${name}`];
  const group = labels.consumergroup;
  if (group !== undefined) {
    // The consumer group of an agent is `<namespace>.<name>`, without further dots. The other labels name the
    // exporter of the broker.
    const dot = group.indexOf(".");
    return dot < 0 ? [] : tenantsWith(group.slice(0, dot), tenants).map((key) => `${key}/${group.slice(dot + 1)}`);
  }
  const names = namesIn(measured);
  if (measured.namespace === undefined || names.length === 0) return undefined;
  const tenantNames = tenantsWith(measured.namespace, tenants);
  return tenantNames.flatMap((tenant) => names.map((each) => `${tenant}/${each}`));
}

/** What Flux or Argo CD delivers: an agent, or a chart of a tenant; undefined where the labels name no such object. */
function deliveredObject(
  { name, application }: AlertLabels,
  { tenants, facts }: FleetDirectory,
):
  | { readonly agents?: readonly AgentKey[]; readonly tenant?: readonly string[]; readonly environment?: string }
  | undefined {
  const parts = (name ?? application ?? "").slice(0, 253).split(".");
  // `<environment>.<tenant>.<agent>` at Argo CD, `<tenant>.<agent>` at Flux: no part holds a dot.
  const [agent = "", tenant = "", environment] = parts.toReversed();
  if (parts.length > 3 || !tenants.has(tenant)) return undefined;
  const key = `${tenant}/${agent}`;
  if (facts.get(key) !== undefined) return { agents: [key], ...(environment === undefined ? {} : { environment }) };
  return agent === TENANTS_CHART && environment === undefined ? { tenant: [tenant] } : undefined;
}

/** The second part of the name of a tenant's OCIRepository, which holds the chart of all its agents. */
const TENANTS_CHART = "agent-chart";

/** The tenants that an alert about a quota is about; undefined where it is about none. */
function tenantsOfQuota(
  { namespace, resourcequota }: AlertLabels,
  { tenants }: FleetDirectory,
): readonly string[] | undefined {
  return namespace === undefined || resourcequota === undefined ? undefined : tenantsWith(namespace, tenants);
}

/** Any agent of the tenants in the environment stands for them, since evidence is read for an agent. */
function ownerOfTenants(tenants: readonly string[], labels: AlertLabels, directory: FleetDirectory): AlertOwner {
  if (tenants.length === 0) return none("unknown-agent", "no tenant has this namespace");
  const place = placeOf(labels, everyEnvironment(directory), directory);
  if (typeof place !== "string") return place;
  const agents = tenants.flatMap((tenant) => directory.someAgentsOf(tenant));
  const agent = agents.find((key) => directory.facts.get(key)?.environments.includes(place));
  if (agent === undefined) return none("unknown-agent", "no tenant with an agent there has this namespace");
  return { kind: "agent", agent, environment: place, isTenantWide: true };
}

function everyEnvironment({ config }: FleetDirectory): readonly string[] {
  return config.spec.environments.map(({ name }) => name);
}

/** Tenants by namespace, kept since every alert of a storm looks them up. */
const TENANTS_BY_NAMESPACE = new WeakMap<FleetDirectory["tenants"], ReadonlyMap<string, readonly string[]>>();

function tenantsWith(namespace: string, tenants: FleetDirectory["tenants"]): readonly string[] {
  const known = TENANTS_BY_NAMESPACE.get(tenants) ?? byNamespace(tenants);
  TENANTS_BY_NAMESPACE.set(tenants, known);
  return known.get(namespace) ?? [];
}

function byNamespace(tenants: FleetDirectory["tenants"]): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const [key, tenant] of tenants) {
    const namespace = tenant.spec.namespace ?? key;
    const list = owners.get(namespace) ?? [];
    list.push(key);
    owners.set(namespace, list);
  }
  return owners;
}

function environmentOf(
  labels: AlertLabels,
  agent: AgentKey,
  directory: FleetDirectory,
  delivered: string | undefined,
): AlertOwner {
  const environments = directory.facts.get(agent)?.environments ?? [];
  const named = labels.raos_environment ?? delivered;
  if (named !== undefined && !environments.includes(named))
    return none("unknown-environment", `${agent} is not in the environment that the alert names`);
  const place = named ?? placeOf(labels, environments, directory);
  return typeof place === "string" ? { kind: "agent", agent, environment: place, isTenantWide: false } : place;
}

/** The one of these environments whose labels in raos.yaml the alert has; without any, the only environment there is. */
function placeOf(
  labels: AlertLabels,
  environments: readonly string[],
  { config }: FleetDirectory,
): string | Extract<AlertOwner, { readonly kind: "none" }> {
  const fitting = config.spec.environments.filter(({ alerts }) => {
    const wanted = Object.entries(alerts ?? {});
    return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
  });
  const places = fitting.map((one) => one.name).filter((name) => environments.includes(name));
  const [place, another] = fitting.length === 0 && environments.length === 1 ? environments : places;
  if (place === undefined)
    return none("unknown-environment", "its labels match no environment; set environments[].alerts in raos.yaml");
  if (another !== undefined) return none("ambiguous-environment", `its labels match ${places.join(", ")}`);
  return place;
}

function none(reason: AlertReason, message: string): Extract<AlertOwner, { readonly kind: "none" }> {
  return { kind: "none", reason, message };
}
