import type { AgentSpec } from "../../domain/agent/agent.ts";
import { type ReachTarget, targetOf } from "../../domain/reach/address.ts";
import { opened } from "../../domain/reach/destinations.ts";
import type { Json } from "../../domain/values/scalars.ts";
import { filled, type Section, sorted } from "../section.ts";
import { plainJson } from "./pod.ts";

interface Opening {
  /** A namespace of the cluster; "" is the agent's own. */
  readonly namespace?: string;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly cidr?: string;
  /** Addresses outside private networks. NetworkPolicy knows no host names. */
  readonly public?: true;
  readonly port?: number | undefined;
  readonly for: string;
}

/**
 * The network policy's openings that the spec implies or declares: what the agent may reach, and who may reach it. The chart
 * opens Dapr's control plane, peers' sidecars and DNS. Each opening says what it is for, for the reviewer.
 */
export function networking(spec: AgentSpec): Section {
  const merged = new Map<string, { readonly opening: Opening; readonly reasons: string[] }>();
  for (const { place, for: reason, podLabels } of opened(spec)) {
    const found = openingOf(place, reason);
    if (found === undefined) continue;
    const labels = sorted(podLabels);
    const opening: Opening = labels === undefined ? found : { ...found, podLabels: labels };
    const key = `${opening.namespace ?? ""} ${opening.cidr ?? ""} ${opening.public ?? ""} ${opening.port ?? ""} ${opening.namespace === undefined} ${JSON.stringify(opening.podLabels ?? {})}`;
    const standing = merged.get(key);
    if (standing === undefined) merged.set(key, { opening, reasons: [opening.for] });
    else if (!standing.reasons.includes(opening.for)) standing.reasons.push(opening.for);
  }
  const rules: Json[] = [];
  for (const { opening, reasons } of merged.values()) rules.push(rule(opening, reasons));
  return {
    egress: filled(rules),
    hosts: filled(spec.networking?.hosts?.map((host) => plainJson(host))),
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
  if (opening.podLabels !== undefined) made.podLabels = opening.podLabels;
  if (opening.cidr !== undefined) made.cidr = opening.cidr;
  if (opening.public) made.public = true;
  if (opening.port !== undefined) made.port = opening.port;
  made.for = reasons.join(", ");
  return made;
}

/** What a network policy opens for a URL or `host:port`; nothing where it is not an address. */
export function opening(address: string, reason: string): Opening | undefined {
  return openingOf(targetOf(address), reason);
}

function openingOf(place: ReachTarget, reason: string): Opening | undefined {
  const { port } = place;
  switch (place.kind) {
    case "cidr":
      return { cidr: place.cidr, port, for: reason };
    case "namespace":
      return { namespace: place.namespace, port, for: reason };
    case "host":
      return { public: true, port, for: reason };
    case "unreadable":
      return undefined;
    default:
      return place satisfies never;
  }
}
