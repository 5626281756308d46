import type { Destination } from "../reach/destinations.ts";
import { type IpBlock, ipBlock } from "../reach/ip-block.ts";

/** A destination that the network policy opens. */
export interface EgressEntry {
  /** For people, such as `10.0.0.0/8 port 443`. */
  readonly name: string;
  /** A block of addresses; undefined for what has a name. */
  readonly cidr: string | undefined;
  /** A host or a namespace with its labels; undefined for a block. */
  readonly target: string | undefined;
  /** Undefined: every port. */
  readonly port: number | undefined;
}

/** The entry of a destination. */
export function egressEntry({ place, podLabels }: Destination): EgressEntry {
  const { port } = place;
  const suffix = port === undefined ? "" : ` port ${port}`;
  switch (place.kind) {
    case "cidr":
      return { name: `${place.cidr}${suffix}`, cidr: place.cidr, target: undefined, port };
    case "namespace": {
      const labels = podLabels === undefined ? "" : ` ${JSON.stringify(Object.entries(podLabels).sort())}`;
      const target = `namespace ${place.namespace}${labels}`;
      return { name: `${target}${suffix}`, cidr: undefined, target, port };
    }
    case "host":
      return { name: `${place.host}${suffix}`, cidr: undefined, target: `host ${place.host}`, port };
    case "unreadable":
      return { name: place.text, cidr: undefined, target: `unreadable ${place.text}`, port };
    default:
      return place satisfies never;
  }
}

/** Whether `wider` opens all that `entry` opens. A block that cannot be read is covered by nothing. */
export function coversEgress(wider: EgressEntry, entry: EgressEntry): boolean {
  if (wider.port !== undefined && wider.port !== entry.port) return false;
  if (entry.target !== undefined) return wider.target === entry.target;
  const [outer, inner] = [ipBlock(wider.cidr ?? ""), ipBlock(entry.cidr ?? "")];
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}

function contains(outer: IpBlock, inner: IpBlock): boolean {
  if (outer.family !== inner.family || outer.bits > inner.bits) return false;
  const free = BigInt((outer.family === 4 ? 32 : 128) - outer.bits);
  return outer.first >> free === inner.first >> free;
}
