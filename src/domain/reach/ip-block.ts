/** A block of IP addresses: its first address as a number, and how many of its bits are fixed. */
export interface IpBlock {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly bits: number;
}

const SIZE = { 4: 32, 6: 128 } as const;

/**
 * The block that `10.0.0.0/8`, `fd00::/8`, `10.1.2.3` or `fd00::1` names; undefined for other texts. Numbers are read as in
 * hosts of the URL standard (decimal, octal, hexadecimal, fewer than four parts). An IPv6 block whose addresses only contain IPv4
 * ones (`::ffff:0:0/96`) is returned as the IPv4 block.
 */
export function ipBlock(text: string): IpBlock | undefined {
  const [address = "", prefix, more] = text.split("/");
  const ip = ipAddress(address);
  if (ip === undefined || more !== undefined) return undefined;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  const bits = prefix === undefined ? SIZE[ip.family] : Number(prefix);
  return bits > SIZE[ip.family] ? undefined : unwrap(maskBits({ ...ip, bits }));
}

/** The block as text, `10.0.0.0/8`. */
export function blockText({ family, first, bits }: IpBlock): string {
  const shift = family === 4 ? 8n : 16n;
  const parts = Array.from(
    { length: family === 4 ? 4 : 8 },
    (_, index) => (first >> (shift * BigInt(index))) & ((1n << shift) - 1n),
  );
  const numbers = parts.reverse();
  if (family === 4) return `${numbers.join(".")}/${bits}`;
  const host = new URL(`http://[${numbers.map((part) => part.toString(16)).join(":")}]/`).hostname;
  return `${host.slice(1, -1)}/${bits}`;
}

/** Whether two blocks have an address in common. */
export function overlap(a: IpBlock, b: IpBlock): boolean {
  if (a.family !== b.family) return false;
  const free = BigInt(SIZE[a.family] - Math.min(a.bits, b.bits));
  return a.first >> free === b.first >> free;
}

/** IPv6 blocks in which an IPv4 address may be written, as their first bits: mapped, compatible, NAT64, 6to4. */
const WRAPPERS: readonly { readonly head: bigint; readonly bits: number }[] = [
  { head: 0xffffn << 32n, bits: 96 },
  { head: 0n, bits: 96 },
  { head: 0x64ff9bn << 96n, bits: 96 },
  { head: 0x2002n << 112n, bits: 16 },
];

/** The IPv6 blocks by which the addresses of an IPv4 block may be written. */
export function wrappedForms({ family, first, bits }: IpBlock): readonly IpBlock[] {
  if (family === 6) return [];
  return WRAPPERS.map((wrapper) => ({
    family: 6,
    first: wrapper.head | (first << BigInt(96 - wrapper.bits)),
    bits: wrapper.bits + bits,
  }));
}

function unwrap(block: IpBlock): IpBlock {
  const mapped = block.family === 6 && block.bits >= 96 && block.first >> 32n === 0xffffn;
  return mapped ? { family: 4, first: block.first & 0xffff_ffffn, bits: block.bits - 96 } : block;
}

function maskBits({ family, first, bits }: IpBlock): IpBlock {
  const free = BigInt(SIZE[family] - bits);
  return { family, first: (first >> free) << free, bits };
}

function ipAddress(text: string): { readonly family: 4 | 6; readonly first: bigint } | undefined {
  const isV6 = text.includes(":");
  const plain = isV6 ? `[${text.replace(/^\[|\]$/g, "").split("%", 1)[0]}]` : text;
  const url = `http://${plain}/`;
  if (text === "" || /[/?#@\\]/.test(text) || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  if (isV6) return { family: 6, first: v6Number(hostname.slice(1, -1)) };
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname)
    ? { family: 4, first: numberOf(hostname.split(".").map(Number), 8n) }
    : undefined;
}

/** `text` is as the URL standard writes it: lower case, groups of hexadecimal digits, at most one `::`. */
function v6Number(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return numberOf([...before, ...zeros, ...after], 16n);
}

function numberOf(parts: readonly number[], shift: bigint): bigint {
  return parts.reduce((sum, part) => (sum << shift) | BigInt(part), 0n);
}
