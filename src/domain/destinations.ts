import { type Place, placeOf } from "./address.ts";
import { addressesIn } from "./addresses-in-text.ts";
import type { AgentSpec } from "./agent.ts";
import { type ComponentSpec, servers } from "./dapr-components.ts";
import type { JsonPointer } from "./scalars.ts";

/** A place that a spec names as one that the agent connects to. */
export interface Destination {
  readonly place: Place;
  /** The field that names it. */
  readonly field: JsonPointer;
  /** What for, as the network policy says it. */
  readonly for: string;
  /** Whether the field opens the agent's network policy to it; else it only tells the agent or its sidecar of it. */
  readonly opens: boolean;
}

/** The parts of a spec that name destinations: an effective spec has them, a case of a guardrail's fixture some of them. */
export type ReachingSpec = {
  readonly model?: (Pick<AgentSpec["model"], "endpoint"> & { readonly provider?: string | undefined }) | undefined;
  readonly tools?: AgentSpec["tools"] | undefined;
  readonly dapr?:
    | {
        readonly enabled?: boolean | undefined;
        readonly state?: ComponentPart | undefined;
        readonly pubsub?: ComponentPart | undefined;
      }
    | undefined;
  readonly observability?: { readonly tracing?: { readonly endpoint: string } | undefined } | undefined;
  readonly networking?: AgentSpec["networking"] | undefined;
  readonly runtime?: Partial<Pick<AgentSpec["runtime"], "env" | "command" | "args">> | undefined;
};
type ComponentPart = Pick<ComponentSpec, "host" | "metadata"> & { readonly type?: string | undefined };

/** Default endpoints of the providers, for the network policy: the chart leaves the client library its own default. */
const PROVIDERS: { readonly [provider: string]: string } = {
  openai: "https://api.openai.com",
  anthropic: "https://api.anthropic.com",
  gemini: "https://generativelanguage.googleapis.com",
  mistral: "https://api.mistral.ai",
  ollama: "http://ollama:11434",
};

/**
 * What the fields of a spec open in the agent's network policy: model, MCP servers, Dapr components, traces, and the blocks
 * it declares. Peers' sidecars, Dapr's control plane and DNS are opened by the chart.
 */
export function* opened(spec: ReachingSpec): Generator<Destination> {
  const endpoint = spec.model?.endpoint ?? providerOf(spec);
  if (endpoint !== undefined) yield leadingTo(endpoint, "/spec/model/endpoint", "model");
  for (const [index, tool] of (spec.tools ?? []).entries()) {
    if (!("mcp" in tool)) continue;
    const transport = tool.mcp.streamableHTTP === undefined ? "sse" : "streamableHTTP";
    const url = tool.mcp[transport]?.url;
    if (url !== undefined) yield leadingTo(url, `/spec/tools/${index}/mcp/${transport}/url`, `mcp ${tool.mcp.name}`);
  }
  if (spec.dapr?.enabled !== false) {
    for (const name of ["state", "pubsub"] as const) {
      const { type = `${name}.redis`, host } = spec.dapr?.[name] ?? {};
      if (spec.dapr?.[name] === undefined) continue;
      for (const server of servers({ type, host })) yield leadingTo(server, `/spec/dapr/${name}/host`, name);
    }
    const traces = spec.observability?.tracing?.endpoint;
    if (traces !== undefined) yield leadingTo(traces, "/spec/observability/tracing/endpoint", "tracing");
  }
  for (const [index, { cidr, port, description }] of (spec.networking?.egress ?? []).entries()) {
    const place = { kind: "cidr", cidr, port } as const;
    yield { place, field: `/spec/networking/egress/${index}`, for: description ?? "declared", opens: true };
  }
}

/**
 * What the fields of a spec name without opening the network to it: addresses in the metadata of Dapr components, which
 * win over `host`, in environment variables, and in arguments of the agent and of MCP servers that are processes.
 */
export function* named(spec: ReachingSpec): Generator<Destination> {
  for (const name of ["state", "pubsub"] as const) {
    for (const [key, value] of Object.entries(spec.dapr?.[name]?.metadata ?? {})) {
      if (typeof value === "object") continue;
      const field = `/spec/dapr/${name}/metadata/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      yield* told(key, String(value), field, `${name} metadata`);
    }
  }
  const { env = [], command = [], args = [] } = spec.runtime ?? {};
  for (const [index, { name, value }] of env.entries())
    if (value !== undefined) yield* told(name, value, `/spec/runtime/env/${index}/value`, `variable ${name}`);
  for (const [index, text] of command.entries()) yield* told("", text, `/spec/runtime/command/${index}`, "command");
  for (const [index, text] of args.entries()) yield* told("", text, `/spec/runtime/args/${index}`, "argument");
  for (const [index, tool] of (spec.tools ?? []).entries()) {
    if (!("mcp" in tool) || tool.mcp.stdio === undefined) continue;
    const { command: program, args: list = [] } = tool.mcp.stdio;
    const field = `/spec/tools/${index}/mcp/stdio`;
    yield* told("", program, `${field}/command`, `mcp ${tool.mcp.name}`);
    for (const [at, text] of list.entries()) yield* told("", text, `${field}/args/${at}`, `mcp ${tool.mcp.name}`);
  }
}

function providerOf({ model }: ReachingSpec): string | undefined {
  if (model === undefined) return undefined;
  const provider = model.provider ?? "openai";
  return Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
}

function leadingTo(address: string, field: JsonPointer, reason: string): Destination {
  return { place: placeOf(address), field, for: reason, opens: true };
}

function* told(name: string, value: string, field: JsonPointer, reason: string): Generator<Destination> {
  for (const address of addressesIn(name, value)) {
    const place = placeOf(address);
    // A word that is no address is told from a misspelt one by nothing.
    if (place.kind !== "unreadable") yield { place, field, for: reason, opens: false };
  }
}
