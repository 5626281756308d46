import { blockText, ipBlock } from "./ip-block.ts";

/** The target of an address: a block of IP addresses, a namespace of the cluster ("" is the agent's own), or a name outside. */
export type ReachTarget = PlaceKind & { readonly port: number | undefined };
type PlaceKind =
  | { readonly kind: "cidr"; readonly cidr: string }
  | { readonly kind: "namespace"; readonly namespace: string; readonly host: string }
  | { readonly kind: "host"; readonly host: string }
  /** Not an address; no client can read it either. */
  | { readonly kind: "unreadable"; readonly text: string };

/**
 * The target of a URL or `host:port`. Hosts are read as in the URL standard: case, a dot at the end, percent signs and numeric
 * spellings of an IP address do not matter. A NetworkPolicy sees the port of a pod, not of its Service. Brokers and collectors
 * have the same port in both; behind an HTTP Service of the cluster the pod's port is not known, so `port` is undefined.
 */
export function targetOf(address: string): ReachTarget {
  const known = places.get(address) ?? read(address);
  if (places.size < MOST_PLACES) places.set(address, known);
  return known;
}

/** Cached, since agents use the same few models, brokers and collectors in every environment. */
const places = new Map<string, ReachTarget>();
const MOST_PLACES = 1_000;

/** A DNS name, also with `{namespace}`, which Dapr fills in. */
const NAME = /^[a-z0-9_{}]([a-z0-9._{}-]*[a-z0-9_{}])?$/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function read(address: string): ReachTarget {
  const [, scheme = "", rest = ""] =
    /^(?:([a-z][a-z0-9+.-]{0,31}):\/\/)?([\s\S]*)$/i.exec(address.replaceAll("\\", "/")) ?? [];
  const [authority = ""] = rest.split(/[/?#]/, 1);
  const found = hostAndPort(authority.slice(authority.lastIndexOf("@") + 1));
  if (found === undefined) return { kind: "unreadable", text: address, port: undefined };
  const secure = scheme.toLowerCase() === "https";
  const port = found.port ?? (secure ? 443 : scheme.toLowerCase() === "http" ? 80 : undefined);
  const host = found.host.replace(/\.$/, "");
  const invoked = LOOPBACK.test(host) ? invokedBy(rest) : undefined;
  if (invoked !== undefined) return { kind: "namespace", ...invoked, port: undefined };
  const block = /^[\d[]/.test(host) ? ipBlock(host) : undefined;
  if (block !== undefined) return { kind: "cidr", cidr: blockText(block), port };
  if (!NAME.test(host)) return { kind: "unreadable", text: address, port: undefined };
  const namespace = clusterNamespace(host, secure);
  if (namespace === undefined) return { kind: "host", host, port };
  return { kind: "namespace", namespace, host, port: scheme === "" ? port : undefined };
}

function hostAndPort(authority: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const text = spellings(authority).find((each) => each !== "" && URL.canParse(`http://${each}/`));
  if (text === undefined) return undefined;
  const { hostname, port } = new URL(`http://${text}/`);
  if (hostname === "") return undefined;
  const written = port === "" && /:0*80$/.test(text) ? "80" : port;
  return { host: hostname, port: written === "" ? undefined : Number(written) };
}

/** The authority in the spellings of the URL standard: an IPv6 address in brackets, without the zone of a local interface. */
function spellings(authority: string): readonly string[] {
  if (authority.split(":").length < 3) return [authority];
  const plain = authority.replace(/%(?:25)?[A-Za-z0-9]{1,16}(?=\]|$)/, "");
  if (plain.includes("[")) return [plain];
  const colon = plain.lastIndexOf(":");
  return [`[${plain}]`, `[${plain.slice(0, colon)}]${plain.slice(colon)}`];
}

/** The agent that a call through the agent's own Dapr sidecar reaches: `…/v1.0/invoke/<app-id>[.<namespace>]/method/…`. */
function invokedBy(rest: string): { readonly namespace: string; readonly host: string } | undefined {
  const app = /\/v1\.0[a-z0-9-]*\/invoke\/([^/?#]{1,200})/i.exec(rest)?.[1]?.toLowerCase();
  if (app === undefined) return undefined;
  return { namespace: app.split(".")[1] ?? "", host: app };
}

/**
 * The namespace of a Service's or pod's DNS name, "" for the agent's own, undefined for a name outside the cluster: `name`,
 * `name.namespace`, `name.namespace.svc[.cluster.local]`, each perhaps after a pod's name. A name of two labels with https counts
 * as public, since few Services have certificates for such a name. `{namespace}` is Dapr's placeholder for the agent's own.
 */
function clusterNamespace(host: string, tls: boolean): string | undefined {
  const labels = host.replace(/\.(svc|pod)(?:\.cluster\.local)?$/, ".$1").split(".");
  const last = labels.at(-1);
  const named = (last === "svc" || last === "pod") && labels.length > 2 ? labels.at(-2) : undefined;
  if (named !== undefined) return ownAsEmpty(named);
  if (labels.length === 1) return "";
  return labels.length === 2 && !tls ? ownAsEmpty(labels[1] ?? "") : undefined;
}

function ownAsEmpty(namespace: string): string {
  return namespace === "{namespace}" ? "" : namespace;
}

/**
 * The namespace that a name may mean inside the cluster, although it looks like a name outside: the cluster's DNS looks `a.b.c`
 * up below `svc.cluster.local` first, and the cluster's domain need not be `cluster.local`. Undefined where the name ends in a
 * country's or a well-known public domain.
 */
export function perhapsNamespace(host: string): string | undefined {
  const labels = host.split(".");
  const service = labels.findLastIndex((label) => label === "svc" || label === "pod");
  if (service > 1) return labels[service - 1];
  const last = labels.at(-1);
  return labels.length < 2 || last === undefined || last.length <= 2 || PUBLIC.has(last) ? undefined : last;
}

const PUBLIC: ReadonlySet<string> = new Set(
  "com net org edu gov mil int info biz dev app cloud tech site online xyz local internal".split(" "),
);
