import type { AgentSpec } from "./agent.ts";
import type { AgentFields, AgentTemplate, Config, Tenant } from "./kinds.ts";
import type { JsonPointer, Oid, Path, Sha } from "./scalars.ts";

/** `tenant/name`: what an agent is called across the fleet. */
export type AgentKey = string;

/** Where a value in effect came from; `default` is the schema's, `stage` the DACA stage's. */
export type Origin = "default" | "stage" | "template" | "agent" | "environment";

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
  /** By environment name, in the order of raos.yaml; only those the tenant is in. */
  readonly environments: ReadonlyMap<string, EffectiveAgent>;
  readonly facts: AgentFacts;
}

/** What other agents need to know of an agent, and no more: small, so that 100,000 of them fit into memory. */
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
  /** Prompt files it reads. */
  readonly prompts: readonly Path[];
  /** Peers it calls (`tools[].agent`), in any environment, sorted, each once. */
  readonly calls: readonly AgentKey[];
  /** Those of `calls` that belong to other tenants, with the environments in which it calls them: they need consent. */
  readonly callsAcross: readonly { readonly callee: AgentKey; readonly environments: readonly string[] }[];
  /** Who its own spec lets in (`access.callers`), as `namespace/app-id`, with the environments in which it does. */
  readonly admits: readonly { readonly caller: string; readonly environments: readonly string[] }[];
}

/** The inputs that many agents share: each change of one may change every agent. */
export interface SharedInputs {
  readonly config: Config;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly templates: ReadonlyMap<string, AgentTemplate>;
  /** Names whose files are there but broken: who uses one has a Problem, though not that of an unknown name. */
  readonly broken?: { readonly tenants: ReadonlySet<string>; readonly templates: ReadonlySet<string> };
}

/** A map that is only ever asked for one key: a Map in memory, or an index on disk where the fleet is large. */
export interface Lookup<V> {
  get(key: string): V | undefined;
}

/** What `compile` needs of the other agents. */
export interface Fleet extends SharedInputs {
  readonly facts: Lookup<AgentFacts>;
  /** Reverse of `calls`: who calls an agent, sorted. */
  readonly callers: Lookup<readonly AgentKey[]>;
}

/**
 * The repository at one commit (or a working folder), as the pure part sees it. `read` is synchronous: the shell loads
 * what a stage needs beforehand, and `read` throws a RangeError on a path it did not load (a bug, not bad input).
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
}

/** `deploy/<environment>/<tenant>/<name>`: where an agent's generated files lie. */
export function deployDir(environment: string, key: AgentKey): Path {
  return `deploy/${environment}/${key}`;
}

/** `deploy/<environment>/<tenant>/tenant.yaml`: where a tenant's generated objects lie. */
export function tenantFile(environment: string, tenant: string): Path {
  return `deploy/${environment}/${tenant}/tenant.yaml`;
}

/** `deploy/<environment>/<tenant>/project.yaml`: where a tenant's Argo CD project lies, apart since it is for another cluster. */
export function projectFile(environment: string, tenant: string): Path {
  return `deploy/${environment}/${tenant}/project.yaml`;
}

/** Every file a tenant may have in an environment, whatever delivers it: what goes when the tenant goes. */
export function tenantFiles(environment: string, tenant: string): readonly Path[] {
  return [tenantFile(environment, tenant), projectFile(environment, tenant)];
}
