import type { AgentSpec } from "../agent/agent.ts";
import { pointerOf } from "../values/json-pointer.ts";
import type { JsonPointer } from "../values/scalars.ts";
import { type ReachTarget, targetOf } from "./address.ts";
import { addressesIn } from "./addresses-in-text.ts";
import { type ComponentSpec, servers } from "./dapr-components.ts";

/** A target that a spec names, to which the agent connects. */
export interface Destination {
  readonly place: ReachTarget;
  /** The field that names it. */
  readonly field: JsonPointer;
  /** Its purpose, as the network policy says it. */
  readonly for: string;
  /** Whether the field opens the agent's network policy to it; else the agent or its sidecar only gets the address. */
  readonly opens: boolean;
  /** Of a namespace, only the pods with these labels. */
  readonly podLabels?: Readonly<Record<string, string>>;
}

/** The parts of a spec that name destinations: an effective spec has all of them, a case of a guardrail's fixture some. */
export type ReachingSpec = {
  readonly model?:
    | (Pick<AgentSpec["model"], "endpoint" | "region"> & { readonly provider?: string | undefined })
    | undefined;
  readonly tools?: AgentSpec["tools"] | undefined;
  readonly dapr?:
    | {
        readonly enabled?: boolean | undefined;
        readonly state?: ComponentPart | undefined;
        readonly pubsub?: ComponentPart | undefined;
        readonly components?: AgentSpec["dapr"]["components"] | undefined;
      }
    | undefined;
  readonly observability?: { readonly tracing?: { readonly endpoint: string } | undefined } | undefined;
  readonly networking?: AgentSpec["networking"] | undefined;
  readonly runtime?:
    | Partial<Pick<AgentSpec["runtime"], "env" | "command" | "args" | "pod" | "serviceAccount">>
    | undefined;
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

/** Where a cloud's client library takes a token for an identity; the one of Google Cloud is on the node, which the chart opens. */
const TOKEN_SERVICES: readonly (readonly [annotation: string, address: string])[] = [
  ["eks.amazonaws.com/role-arn", "https://sts.amazonaws.com"],
  ["azure.workload.identity/client-id", "https://login.microsoftonline.com"],
];

/**
 * The destinations to which the fields of a spec open the agent's network policy: model, MCP servers, Dapr components, traces,
 * and declared blocks. The chart opens peers' sidecars, Dapr's control plane and DNS.
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
    for (const [index, { name, host }] of (spec.dapr?.components ?? []).entries())
      for (const server of (host ?? "").split(",").filter((each) => each !== ""))
        yield leadingTo(server, `/spec/dapr/components/${index}/host`, `component ${name}`);
    const traces = spec.observability?.tracing?.endpoint;
    if (traces !== undefined) yield leadingTo(traces, "/spec/observability/tracing/endpoint", "tracing");
  }
  for (const [key, address] of TOKEN_SERVICES)
    if (Object.hasOwn(spec.runtime?.serviceAccount?.annotations ?? {}, key))
      yield leadingTo(
        address,
        pointerOf(["spec", "runtime", "serviceAccount", "annotations", key]),
        "workload identity",
      );
  for (const [index, { cidr, namespace = "", podLabels, port, description }] of (
    spec.networking?.egress ?? []
  ).entries()) {
    const place =
      cidr === undefined
        ? ({ kind: "namespace", namespace, host: namespace, port } as const)
        : ({ kind: "cidr", cidr, port } as const);
    const field = `/spec/networking/egress/${index}`;
    yield {
      place,
      field,
      for: description ?? "declared",
      opens: true,
      ...(podLabels === undefined ? {} : { podLabels }),
    };
  }
}

/**
 * The destinations that the fields of a spec name without opening the network: addresses in the metadata of Dapr components
 * (they win over `host`), in environment variables, and in arguments of the agent, of its init containers, and of MCP servers that are processes.
 */
export function* named(spec: ReachingSpec): Generator<Destination> {
  for (const name of ["state", "pubsub"] as const) {
    for (const [key, value] of Object.entries(spec.dapr?.[name]?.metadata ?? {})) {
      if (typeof value === "object") continue;
      const field = pointerOf(["spec", "dapr", name, "metadata", key]);
      yield* addressesInValue(key, String(value), field, `${name} metadata`);
    }
  }
  for (const [index, { name, metadata = {} }] of (spec.dapr?.components ?? []).entries()) {
    for (const [key, value] of Object.entries(metadata)) {
      if (typeof value === "object") continue;
      const field = pointerOf(["spec", "dapr", "components", String(index), "metadata", key]);
      yield* addressesInValue(key, String(value), field, `component ${name}`);
    }
  }
  yield* namedByContainer(spec.runtime ?? {}, "/spec/runtime", "");
  for (const [index, container] of (spec.runtime?.pod?.initContainers ?? []).entries())
    yield* namedByContainer(container, `/spec/runtime/pod/initContainers/${index}`, ` of ${container.name}`);
  for (const [index, tool] of (spec.tools ?? []).entries()) {
    if (!("mcp" in tool) || tool.mcp.stdio === undefined) continue;
    const { command: program, args: list = [] } = tool.mcp.stdio;
    const field = `/spec/tools/${index}/mcp/stdio`;
    yield* addressesInValue("", program, `${field}/command`, `mcp ${tool.mcp.name}`);
    for (const [at, text] of list.entries())
      yield* addressesInValue("", text, `${field}/args/${at}`, `mcp ${tool.mcp.name}`);
  }
}

/** The addresses in a container's variables and arguments. */
function* namedByContainer(
  { env = [], command = [], args = [] }: Partial<Pick<AgentSpec["runtime"], "env" | "command" | "args">>,
  at: JsonPointer,
  whose: string,
): Generator<Destination> {
  for (const [index, { name, value }] of env.entries())
    if (value !== undefined)
      yield* addressesInValue(name, value, `${at}/env/${index}/value`, `variable ${name}${whose}`);
  for (const [index, text] of command.entries())
    yield* addressesInValue("", text, `${at}/command/${index}`, `command${whose}`);
  for (const [index, text] of args.entries())
    yield* addressesInValue("", text, `${at}/args/${index}`, `argument${whose}`);
}

function providerOf({ model }: ReachingSpec): string | undefined {
  if (model === undefined) return undefined;
  const { provider = "openai", region = "" } = model;
  if (provider === "bedrock") return `https://bedrock-runtime.${region}.amazonaws.com`;
  if (provider === "vertex") return `https://${region}-aiplatform.googleapis.com`;
  return Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
}

function leadingTo(address: string, field: JsonPointer, reason: string): Destination {
  return { place: targetOf(address), field, for: reason, opens: true };
}

/** The addresses in a value that the agent reads: it may try to connect to them, but no field opens the network policy. */
function* addressesInValue(name: string, value: string, field: JsonPointer, reason: string): Generator<Destination> {
  for (const address of addressesIn(name, value)) {
    const place = targetOf(address);
    // A plain word cannot be distinguished from a misspelt address.
    if (place.kind !== "unreadable") yield { place, field, for: reason, opens: false };
  }
}
