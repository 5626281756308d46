import { type IpBlock, ipBlock, overlap } from "./ip-block.ts";
import { holdsMetadata } from "./metadata-services.ts";

/**
 * Where an IP address leads. "forbidden": no program offers a service there (link-local, multicast, reserved), a cloud gives its
 * credentials there, or it hides an IPv4 address in an IPv6 one.
 */
export type AddressKind = "public" | "private" | "loopback" | "forbidden";

/** Sources: the special-purpose address registries of IANA for IPv4 and IPv6, and RFC 3879 (fec0::/10). */
const LOOPBACK = blocks(["127.0.0.0/8", "::1/128"]);
const PRIVATE = blocks(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]);
const SPECIAL = blocks([
  ...["0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"],
  ...["192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ...["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"],
]);
/** All other IPv6 addresses are not given to anybody, or hide IPv4 ones. */
const GLOBAL = blocks(["2000::/3"]);

/** The kind of an IP address as the system writes it, with or without a zone; "forbidden" for any other text. */
export function addressKind(text: string): AddressKind {
  const address = ipBlock(text);
  // An IPv4 address in an IPv6 one is the same place under a name that other checks may not know.
  if (address === undefined || isPartOf(text) || holdsMetadata(text)) return "forbidden";
  const isIn = (list: readonly IpBlock[]) => list.some((block) => overlap(block, address));
  if (isIn(LOOPBACK)) return "loopback";
  if (isIn(PRIVATE)) return "private";
  return isIn(SPECIAL) || (address.family === 6 && !isIn(GLOBAL)) ? "forbidden" : "public";
}

function isPartOf(text: string): boolean {
  return text.includes("/") || (text.includes(":") && ipBlock(text)?.family === 4);
}

function blocks(texts: readonly string[]): readonly IpBlock[] {
  return texts.flatMap((text) => ipBlock(text) ?? []);
}
