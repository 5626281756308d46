import type { AgentSpec } from "../agent/agent.ts";
import { opened } from "../reach/destinations.ts";
import { imageReference } from "../values/image.ts";
import type { Json } from "../values/scalars.ts";
import { type Amounts, devicesOf, disksOf } from "./scope-amounts.ts";
import { type DaprEntry, daprEntries } from "./scope-dapr.ts";
import { type EgressEntry, egressEntry } from "./scope-egress.ts";
import { type ExposureEntry, exposureEntries } from "./scope-exposure.ts";
import { podEntries, secretEntries } from "./scope-pod.ts";
import { labelEntries, type ProgramEntry, programOf } from "./scope-program.ts";

/**
 * What an agent may use in one environment, so that one scope can be compared with another: a child's is never wider than its
 * parent's.
 */
export interface AgentScope {
  /** `provider/name@endpoint`: its model and the ones it falls back to. */
  readonly models: readonly string[];
  readonly tools: readonly ToolEntry[];
  readonly egress: readonly EgressEntry[];
  /** `name/key`, or `name/*` where it gets the whole Secret. */
  readonly secrets: readonly string[];
  /** Images without tag and digest; empty for the stock agent. */
  readonly images: readonly string[];
  /** Command, arguments, variables and prompt file. */
  readonly program: readonly ProgramEntry[];
  /** Labels of its pods. */
  readonly labels: readonly ProgramEntry[];
  /** Stores, brokers, components and topics. */
  readonly dapr: readonly DaprEntry[];
  /** Its ServiceAccount: annotations, roles and rules. */
  readonly identity: readonly string[];
  /** What its pods ask for beyond the strict defaults. */
  readonly privileges: readonly string[];
  readonly devices: Amounts;
  readonly disks: Amounts;
  /** Who reaches it from outside its tenant: hosts, namespaces, declared callers. */
  readonly exposure: readonly ExposureEntry[];
  /** What RAOS may change of it by itself. */
  readonly supervision: SupervisionScope;
}

/** What RAOS may do to an agent without a person. */
export interface SupervisionScope {
  readonly autoMerge: boolean;
  readonly allowedPaths: readonly string[];
  readonly maxChangesPerDay: number;
}

/** An MCP server or a peer. */
export interface ToolEntry {
  /** Its name, for people. */
  readonly name: string;
  /** How it is reached, with its headers: two servers with the same target are the same. */
  readonly target: string;
  /** Undefined: all of its tools. */
  readonly allow: readonly string[] | undefined;
  /** Its tools that a person has to approve. */
  readonly approve: readonly string[];
}

/** Whose spec it is: its tenant, and the labels of its file. */
export interface ScopeOwner {
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The scope of a spec in effect. */
export function scopeOf(spec: AgentSpec, { tenant, labels }: ScopeOwner): AgentScope {
  const { runtime, model, supervision } = spec;
  const account = runtime.serviceAccount;
  return {
    models: [model.name, ...(model.fallbacks ?? [])].map((name) => `${model.provider}/${name}@${model.endpoint ?? ""}`),
    tools: (spec.tools ?? []).map((tool) => toolEntry(tool, tenant)),
    egress: [...opened(spec)].map(egressEntry),
    secrets: [...new Set(secretEntries(json(spec)))].sort(),
    images: runtime.image === undefined ? [] : [imageReference(runtime.image).name],
    program: programOf(json(spec)),
    labels: labelEntries({ ...labels, ...spec.labels }),
    dapr: daprEntries(spec),
    identity: [
      ...Object.entries(account?.annotations ?? {}).map(([key, value]) => `annotation ${key}=${value}`),
      ...(account?.automountServiceAccountToken === true ? ["token of the cluster's API"] : []),
      ...(account?.rules ?? []).map((rule) => `rule ${JSON.stringify(rule)}`),
      ...(account?.roleRefs ?? []).map((role) => `role ${JSON.stringify(role)}`),
    ],
    privileges: podEntries(json(runtime.pod ?? {})),
    devices: devicesOf(spec),
    disks: disksOf(spec),
    exposure: exposureEntries(spec),
    supervision: {
      autoMerge: supervision.autoMerge !== "never",
      allowedPaths: supervision.allowedPaths ?? [],
      maxChangesPerDay: supervision.maxChangesPerDay,
    },
  };
}

function toolEntry(tool: NonNullable<AgentSpec["tools"]>[number], tenant: string): ToolEntry {
  if ("agent" in tool) {
    const peer = `${tool.agent.namespace ?? tenant}/${tool.agent.name}`;
    return { name: peer, target: `agent ${peer}`, allow: undefined, approve: [] };
  }
  const { name, streamableHTTP, sse, stdio, allow, requireApproval = [] } = tool.mcp;
  const target = JSON.stringify({
    http: streamableHTTP && [streamableHTTP.url, streamableHTTP.headers ?? []],
    sse: sse && [sse.url, sse.headers ?? []],
    stdio,
  });
  return { name, target, allow, approve: requireApproval };
}

function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
