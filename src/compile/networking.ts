import type { AgentSpec } from "../domain/agent.ts";
import type { Json } from "../domain/scalars.ts";
import { servers } from "./component.ts";
import { filled, type Section } from "./section.ts";

/** Default endpoints of the providers, for the network policy: the chart leaves the client library its own default. */
const providers: { readonly [provider: string]: string } = {
  openai: "https://api.openai.com",
  anthropic: "https://api.anthropic.com",
  gemini: "https://generativelanguage.googleapis.com",
  mistral: "https://api.mistral.ai",
  ollama: "http://ollama:11434",
};

interface Opening {
  /** A namespace of the cluster; "" is the agent's own. */
  readonly namespace?: string;
  readonly cidr?: string;
  /** Addresses outside private networks. NetworkPolicy knows no host names. */
  readonly public?: true;
  readonly port?: number | undefined;
  readonly for: string;
}

/**
 * What the agent may reach and who may reach it, as far as its spec implies or declares it. Dapr's control plane, peers'
 * sidecars and DNS are opened by the chart. Each opening says what it is for, since a reviewer will ask.
 */
export function networking(spec: AgentSpec): Section {
  const merged = new Map<string, { readonly opening: Opening; readonly reasons: string[] }>();
  for (const opening of egress(spec)) {
    const key = `${opening.namespace ?? ""} ${opening.cidr ?? ""} ${opening.public ?? ""} ${opening.port ?? ""} ${opening.namespace === undefined}`;
    const standing = merged.get(key);
    if (standing === undefined) merged.set(key, { opening, reasons: [opening.for] });
    else if (!standing.reasons.includes(opening.for)) standing.reasons.push(opening.for);
  }
  const rules: Json[] = [];
  for (const { opening, reasons } of merged.values()) rules.push(rule(opening, reasons));
  return {
    egress: filled(rules),
    ingress: filled(
      spec.networking?.ingress?.map((from) =>
        from.port === undefined ? { namespace: from.namespace } : { namespace: from.namespace, port: from.port },
      ),
    ),
  };
}

function rule(opening: Opening, reasons: readonly string[]): Json {
  const made: { [key: string]: Json } = {};
  if (opening.namespace !== undefined) made.namespace = opening.namespace;
  if (opening.cidr !== undefined) made.cidr = opening.cidr;
  if (opening.public) made.public = true;
  if (opening.port !== undefined) made.port = opening.port;
  made.for = reasons.join(", ");
  return made;
}

function* egress(spec: AgentSpec): Iterable<Opening> {
  const endpoint = spec.model.endpoint ?? providers[spec.model.provider];
  if (endpoint !== undefined) yield opening(endpoint, "model");
  for (const tool of spec.tools ?? []) {
    if (!("mcp" in tool)) continue;
    const url = tool.mcp.streamableHTTP?.url ?? tool.mcp.sse?.url;
    if (url !== undefined) yield opening(url, `mcp ${tool.mcp.name}`);
  }
  if (spec.dapr.enabled) {
    for (const server of spec.dapr.state === undefined ? [] : servers(spec.dapr.state)) yield opening(server, "state");
    for (const server of spec.dapr.pubsub === undefined ? [] : servers(spec.dapr.pubsub))
      yield opening(server, "pubsub");
    const tracing = spec.observability.tracing;
    if (tracing !== undefined) yield opening(tracing.endpoint, "tracing");
  }
  for (const { cidr, port, description } of spec.networking?.egress ?? [])
    yield { cidr, port, for: description ?? "declared" };
}

/**
 * `address` is a URL or `host:port`. A policy sees the port of the pod, not of the Service before it: brokers and
 * collectors listen on the port they are known by, while behind an HTTP Service of the cluster it may be any.
 */
export function opening(address: string, reason: string): Opening {
  const known = places.get(address) ?? placeOf(address);
  if (places.size < MOST_PLACES) places.set(address, known);
  return { ...known, for: reason };
}

type Place = Omit<Opening, "for">;

/** Models, brokers and collectors are few, and asked for by every agent in every environment. */
const places = new Map<string, Place>();
const MOST_PLACES = 1_000;

function placeOf(address: string): Place {
  const [, scheme = "", authority = ""] = /^(?:(https?):\/\/)?([^/?#]*)/i.exec(address) ?? [];
  const [, bracketed, plain = "", digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = (bracketed ?? plain).toLowerCase().replace(/\.$/, "");
  const port = digits !== undefined ? Number(digits) : scheme === "http" ? 80 : scheme === "https" ? 443 : undefined;
  if (bracketed !== undefined) return { cidr: `${host}/128`, port };
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) return { cidr: `${host}/32`, port };
  const namespace = clusterNamespace(host, scheme === "https");
  if (namespace === undefined) return { public: true, port };
  return { namespace, port: scheme === "" ? port : undefined };
}

/**
 * The namespace of a Service's DNS name, "" for the agent's own, undefined for a name outside the cluster.
 * `name`, `name.namespace`, `name.namespace.svc[.cluster.local]`, each with a pod's name before it perhaps; a name of two
 * labels behind https is taken for a public one, since few Services inside a cluster have certificates for such a name.
 */
function clusterNamespace(host: string, tls: boolean): string | undefined {
  const labels = host.replace(/\.svc(\.cluster\.local)?$/, ".svc").split(".");
  if (labels.at(-1) === "svc") return labels.at(-2);
  if (labels.length === 1) return "";
  return labels.length === 2 && !tls ? labels[1] : undefined;
}
