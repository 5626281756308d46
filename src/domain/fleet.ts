import type { AgentSpec } from "./agent/agent.ts";
import type { UpgradeRule } from "./agent/agent-upgrade.ts";
import type { ChartCopy } from "./deployed/chart-copy.ts";
import type { CreateGrant } from "./grant/create-grant.ts";
import type { Lineage } from "./grant/lineage.ts";
import type { Needs } from "./grant/needs.ts";
import type { AgentScope } from "./grant/scope.ts";
import type { AgentFields, AgentTemplate, Config, Model, Tenant } from "./kinds/kinds.ts";
import type { JsonPointer, Oid, Path, Sha } from "./values/scalars.ts";

/** `tenant/name`: identifies an agent in the fleet. */
export type AgentKey = string;

/** The layer that set a value in effect; `default` is the schema's default, `stage` the DACA stage's. */
export type Origin = "default" | "stage" | "model" | "template" | "agent" | "environment";

/** An agent in one environment, every layer merged: what `compile` renders. */
export interface EffectiveAgent {
  readonly environment: string;
  readonly spec: AgentSpec;
  /** The text of the system prompt, read from `instructions.inline` or the prompt file, LF line ends. */
  readonly prompt: string;
}

/** One agent file after reading: its layers for `explain` and edits, and its effective specs for `compile`. */
export interface Agent {
  readonly key: AgentKey;
  readonly tenant: string;
  readonly name: string;
  /** The spec's file, `agents/<tenant>/<name>.yaml` (or .yml, .json). */
  readonly path: Path;
  readonly labels: Readonly<Record<string, string>>;
  readonly own: AgentFields;
  readonly template: AgentFields | undefined;
  readonly overlays: ReadonlyMap<string, AgentFields>;
  /** The Models that these layers name. */
  readonly models: ReadonlyMap<string, Model>;
  /** By environment name, in the order of raos.yaml; only those the tenant is in. */
  readonly environments: ReadonlyMap<string, EffectiveAgent>;
  readonly facts: AgentFacts;
}

/** One value of a spec file that names an image, and how it moves to newer versions. */
export interface UpgradedImage {
  /** The value in the file: of all environments that share it, or of one overlay. */
  readonly at: JsonPointer;
  readonly image: string;
  readonly environments: readonly string[];
  /** The rules of these environments, each once: the value moves only to what all of them allow. */
  readonly rules: readonly UpgradeRule[];
}

/** An agent that another one asked for, and what it takes. */
export interface LineageFacts {
  readonly lineage: Lineage;
  /** By environment. */
  readonly needs: Readonly<Record<string, Needs>>;
}

/** What an agent may ask for, and within what. */
export interface GrantFacts {
  /** Undefined: it may ask for no agents. */
  readonly createAgents: CreateGrant | undefined;
  /** `tenant/name`, or `tenant/*`. */
  readonly improves: readonly string[];
  /** What it may use itself, by environment: no agent that it asks for may use more. */
  readonly scopes: Readonly<Record<string, AgentScope>>;
}

/** Only what other agents need to know of an agent: 100,000 of these have to fit into memory. */
export interface AgentFacts {
  readonly key: AgentKey;
  readonly path: Path;
  readonly oid: Oid;
  /** Kubernetes namespace: the tenant's. */
  readonly namespace: string;
  /** Environments the agent is in. */
  readonly environments: readonly string[];
  /** The template it is made from. */
  readonly template: string | undefined;
  /** The Models that it names, in any environment, sorted. */
  readonly models: readonly string[];
  /** Present for a Job or CronJob: it ends by itself, so that no other agent can call it. */
  readonly endsByItself?: true;
  /** Present where its Dapr components have the names that dapr-agents looks for, which a namespace has once. */
  readonly daprAgents?: true;
  /** Present where newer images are proposed. */
  readonly upgrades?: readonly UpgradedImage[];
  /** Present where another agent asked for it. */
  readonly lineage?: LineageFacts;
  /** Present where it may ask for other agents, or for changes of others. */
  readonly grant?: GrantFacts;
  /** Prompt files it reads. */
  readonly prompts: readonly Path[];
  /** Peers it calls (`tools[].agent`), in any environment, sorted, each once. */
  readonly calls: readonly AgentKey[];
  /** Those of `calls` that belong to other tenants, with the environments in which it calls them: they need consent. */
  readonly callsAcross: readonly { readonly callee: AgentKey; readonly environments: readonly string[] }[];
  /** The callers that its own spec allows (`access.callers`), as `namespace/app-id`, with the environments in which it does. */
  readonly admits: readonly { readonly caller: string; readonly environments: readonly string[] }[];
}

/** The inputs that many agents share: each change of one may change every agent. */
export interface SharedInputs {
  readonly config: Config;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly templates: ReadonlyMap<string, AgentTemplate>;
  readonly models: ReadonlyMap<string, Model>;
  /** The chart in this repository; left out where it is from a registry, missing or broken. */
  readonly chart?: ChartCopy | undefined;
  /** Names whose files are broken: an agent that uses one gets a Problem that says so, and not that the name is unknown. */
  readonly broken?: BrokenFiles;
  /** The files of the templates, to say where in them a mistake is. */
  readonly templateFiles?: ReadonlyMap<string, TemplateFile>;
  /** The files of the Models, to name them. */
  readonly modelFiles?: ReadonlyMap<string, Path>;
  /** The namespaces of broken tenants, as they were deployed last. */
  readonly lastNamespaces?: ReadonlyMap<string, string>;
}

/** Names of tenants, templates and Models whose files have Problems, with these files; `config` where raos.yaml has. */
export interface BrokenFiles {
  readonly tenants: ReadonlyMap<string, Path>;
  readonly templates: ReadonlyMap<string, Path>;
  readonly models: ReadonlyMap<string, Path>;
  readonly config: boolean;
}

export interface TemplateFile {
  readonly path: Path;
  readonly bytes: Uint8Array;
}

/** A map of which only single keys are read: a Map in memory, or an index on disk for a large fleet. */
export interface Lookup<V> {
  get(key: string): V | undefined;
}

/** What `compile` needs of the other agents. */
export interface Fleet extends SharedInputs {
  readonly facts: Lookup<AgentFacts>;
  /** Reverse of `calls`: who calls an agent, sorted. */
  readonly callers: Lookup<readonly AgentKey[]>;
  /** Some agents of a tenant, sorted by key; left out where only single agents are looked up. */
  readonly someAgentsOf?: (tenant: string) => readonly AgentKey[];
}

/**
 * The repository at one commit (or a working folder), for the pure folders. `read` is synchronous: files are loaded beforehand,
 * and `read` throws a RangeError for a path that was not loaded (a bug, not bad input).
 */
export interface Snapshot {
  readonly sha: Sha;
  /** The blob's id, or undefined where the path is no regular file. */
  oid(path: Path): Oid | undefined;
  /** Paths of regular files below a folder (`prefix` without trailing slash; "" is the root), sorted by code unit. */
  list(prefix: Path): Iterable<Path>;
  /** The file's bytes. */
  read(path: Path): Uint8Array;
}

/** One line of `compile --explain`. */
export interface Explanation {
  readonly pointer: JsonPointer;
  readonly value: unknown;
  readonly origin: Origin;
  /** The file that holds the value; undefined for what a stage or the schema sets. */
  readonly file: Path | undefined;
}

/** `deploy/<environment>/<tenant>/<name>`: where an agent's generated files lie. */
export function deployDir(environment: string, key: AgentKey): Path {
  return `deploy/${environment}/${key}`;
}

/** `deploy/<environment>/<tenant>/tenant.yaml`: where a tenant's generated objects lie. */
export function tenantFile(environment: string, tenant: string): Path {
  return `deploy/${environment}/${tenant}/tenant.yaml`;
}

/**
 * `deploy/<environment>/<tenant>/project.yaml`: where a tenant's Argo CD project lies; a file of its own, since it is for
 * Argo CD's cluster.
 */
export function projectFile(environment: string, tenant: string): Path {
  return `deploy/${environment}/${tenant}/project.yaml`;
}

/** Every file that a tenant may have in an environment, for Flux or Argo CD: what is deleted with the tenant. */
export function tenantFiles(environment: string, tenant: string): readonly Path[] {
  return [tenantFile(environment, tenant), projectFile(environment, tenant)];
}
