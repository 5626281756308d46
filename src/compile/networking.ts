import { type Place, placeOf } from "../domain/address.ts";
import type { AgentSpec } from "../domain/agent.ts";
import { opened } from "../domain/destinations.ts";
import type { Json } from "../domain/scalars.ts";
import { filled, type Section } from "./section.ts";

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
  for (const { place, for: reason } of opened(spec)) {
    const opening = openingOf(place, reason);
    if (opening === undefined) continue;
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

/** What a network policy opens for a URL or `host:port`; nothing where it is no address. */
export function opening(address: string, reason: string): Opening | undefined {
  return openingOf(placeOf(address), reason);
}

function openingOf(place: Place, reason: string): Opening | undefined {
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
