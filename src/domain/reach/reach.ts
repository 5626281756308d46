import { acceptsTenant } from "../consent.ts";
import type { SharedInputs } from "../fleet.ts";
import type { JsonPointer } from "../values/scalars.ts";
import { perhapsNamespace } from "./address.ts";
import { type Destination, named, opened, type ReachingSpec } from "./destinations.ts";
import { blockText, ipBlock } from "./ip-block.ts";
import { holdsMetadata, isMetadataName } from "./metadata-services.ts";

/** One entry of what an agent can reach, as guardrails see it: `variablesOf` says what each field holds. */
export interface Reached {
  readonly kind: "cidr" | "anywhere" | "host" | "namespace" | "agent" | "unreadable";
  readonly field: JsonPointer;
  readonly for: string;
  readonly opens: boolean;
  readonly metadata: boolean;
  readonly accepted: boolean;
  readonly own: boolean;
  readonly cidr?: string;
  readonly host?: string;
  readonly namespace?: string;
  readonly tenant?: string;
  readonly port?: number;
}

/** Most entries of the list: those that a guardrail is most likely to ask for come first. */
const MOST = 400;

/**
 * Every destination that an agent of `tenant` can reach, or whose address it gets, from every field of its effective spec; each
 * with the tenant that owns the namespace. Sorted: clouds' metadata services and other tenants' namespaces first. At most 400.
 */
export function reachOf(spec: ReachingSpec, tenant: string, shared: Pick<SharedInputs, "tenants">): readonly Reached[] {
  const owners = new Map([...shared.tenants].map(([name, each]) => [each.spec.namespace ?? name, name]));
  const home = shared.tenants.get(tenant)?.spec.namespace ?? tenant;
  owners.set(home, tenant);
  const around = { tenant, home, owners, shared };
  const found = [...opened(spec), ...named(spec)].map((destination) => reachedEntry(destination, around));
  const weight = (each: Reached) =>
    each.metadata ? 0 : each.tenant !== undefined && !each.own ? 1 : each.opens ? 2 : 3;
  return [...found, ...peersOf(spec, around)].sort((a, b) => weight(a) - weight(b)).slice(0, MOST);
}

interface Around {
  readonly tenant: string;
  /** The tenant's namespace. */
  readonly home: string;
  /** Namespace → tenant. */
  readonly owners: ReadonlyMap<string, string>;
  readonly shared: Pick<SharedInputs, "tenants">;
}

function reachedEntry({ place, field, for: reason, opens }: Destination, around: Around): Reached {
  const base = { field, for: reason, opens, ...(place.port === undefined ? {} : { port: place.port }) };
  switch (place.kind) {
    case "cidr": {
      const block = ipBlock(place.cidr);
      const cidr = block === undefined ? place.cidr : blockText(block);
      const kind = block?.bits === 0 ? "anywhere" : "cidr";
      return { kind, ...base, cidr, metadata: holdsMetadata(place.cidr), accepted: false, own: false };
    }
    case "namespace":
      return { kind: "namespace", ...base, host: place.host, ...ownership(place.namespace, place.host, around) };
    case "host": {
      const namespace = perhapsNamespace(place.host);
      if (namespace === undefined || !around.owners.has(namespace)) {
        return {
          kind: "host",
          ...base,
          host: place.host,
          metadata: isMetadataName(place.host),
          accepted: false,
          own: false,
        };
      }
      return { kind: "host", ...base, host: place.host, ...ownership(namespace, place.host, around) };
    }
    case "unreadable":
      return { kind: "unreadable", ...base, host: place.text, metadata: false, accepted: false, own: false };
    default:
      return place satisfies never;
  }
}

function ownership(name: string, host: string, around: Around) {
  const namespace = name === "" ? around.home : name;
  const tenant = around.owners.get(namespace);
  return {
    namespace,
    ...(tenant === undefined ? {} : { tenant }),
    metadata: isMetadataName(host),
    accepted: tenant !== undefined && acceptsTenant(tenant, around.tenant, around.shared),
    own: namespace === around.home,
  };
}

function* peersOf(spec: ReachingSpec, around: Around): Generator<Reached> {
  for (const [index, tool] of (spec.tools ?? []).entries()) {
    if (!("agent" in tool)) continue;
    const tenant = tool.agent.namespace ?? around.tenant;
    const namespace = around.shared.tenants.get(tenant)?.spec.namespace ?? tenant;
    yield {
      kind: "agent",
      field: `/spec/tools/${index}/agent`,
      for: `peer ${tenant}/${tool.agent.name}`,
      opens: true,
      host: tool.agent.name,
      namespace,
      tenant,
      port: 50002,
      metadata: false,
      accepted: acceptsTenant(tenant, around.tenant, around.shared),
      own: tenant === around.tenant,
    };
  }
}
