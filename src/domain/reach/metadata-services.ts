import { type IpBlock, ipBlock, overlap, wrappedForms } from "./ip-block.ts";

/**
 * Addresses at which clouds give credentials to every program on a machine, and all link-local addresses: AWS, Google
 * Cloud and Azure (169.254.169.254), ECS and EKS (169.254.170.2, .23), Alibaba (100.100.100.200), Azure's WireServer
 * (168.63.129.16), Oracle (192.0.0.192), and their IPv6 ones. Sources: each cloud's documentation.
 */
const ADDRESSES = [
  "169.254.0.0/16",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
  "fd00:c1::a9fe:a9fe/128",
  "fd00:42::42/128",
] as const;

const NAMES: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.azure.internal",
  "metadata.tencentyun.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** Public domains that have a name for every IP address; the name contains the address. */
const WILDCARD_DNS = /\.(?:nip\.io|sslip\.io|xip\.io|traefik\.me|ip6\.arpa|in-addr\.arpa)$/;

const BLOCKS: readonly IpBlock[] = ADDRESSES.flatMap((text) => ipBlock(text) ?? []).flatMap((block) => [
  block,
  ...wrappedForms(block),
]);

/** Whether a CIDR block holds an address of a cloud's metadata service, or a link-local one. */
export function holdsMetadata(cidr: string): boolean {
  const block = ipBlock(cidr);
  return block === undefined || BLOCKS.some((each) => overlap(each, block));
}

/** Whether a host's name, in lower case and without a dot at its end, is that of a cloud's metadata service. */
export function isMetadataName(host: string): boolean {
  if (NAMES.has(host)) return true;
  if (!WILDCARD_DNS.test(host)) return false;
  const dotted = host.match(/(?<!\d)\d{1,3}(?:[.-]\d{1,3}){3}(?!\d)/)?.[0].replaceAll("-", ".");
  const hex = host.match(/(?<![0-9a-z])[0-9a-f]{8}(?![0-9a-z])/)?.[0];
  const address = dotted ?? (hex === undefined ? undefined : `0x${hex}`);
  return address !== undefined && ipBlock(address) !== undefined && holdsMetadata(address);
}
