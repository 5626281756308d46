import { type AddressKind, addressKind } from "../reach/address-kind.ts";
import { isMetadataName } from "../reach/metadata-services.ts";

/** A host that the operator allows, although it may be private. */
export interface PushHost {
  /** A name or an address; with `isSuffix`, all names below it. */
  readonly name: string;
  readonly isSuffix: boolean;
  /** Undefined: any port that is allowed. */
  readonly port: string | undefined;
}

/** An address that may be told of tasks. */
export interface PushTarget {
  readonly kind: "target";
  readonly url: string;
  /** In lower case, an IPv6 address without brackets. */
  readonly host: string;
  /** Whether the operator named the host; undefined: it is anybody's. */
  readonly listed: PushHost | undefined;
}

interface PushRefusal {
  readonly kind: "refused";
  /** For people and programs: what is wrong, and what would be right. */
  readonly words: string;
}

const MOST_HOSTS = 100;
const LONGEST_URL = 2048;
const LOWEST_FREE_PORT = 1024;

/**
 * The hosts of `PUSH_HOSTS`: names and addresses with commas between them, each with or without a port; `*.agents.svc` means all
 * names below. `wrong` says which one cannot be read.
 */
export function readPushHosts(text: string): { readonly hosts: readonly PushHost[] } | { readonly wrong: string } {
  const entries = text
    .toLowerCase()
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (entries.length > MOST_HOSTS) return { wrong: `more than ${MOST_HOSTS} hosts` };
  const hosts = entries.map(hostIn);
  const at = hosts.indexOf(undefined);
  if (at >= 0)
    return { wrong: `entry ${at + 1} is no host; write billing.acme.svc.cluster.local, *.agents.svc or 10.1.2.3:8080` };
  return { hosts: hosts.filter((host) => host !== undefined) };
}

function hostIn(entry: string): PushHost | undefined {
  const [, star, bare = "", port] =
    /^(\*\.)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const url = `http://${bare}/`;
  if (bare === "" || !URL.canParse(url)) return undefined;
  const name = bareHost(new URL(url).hostname);
  return { name, isSuffix: star !== undefined, port };
}

/**
 * The target that an address names, as far as it can be told without asking for its name. Public hosts are reached by https; hosts that
 * the operator named, by http too.
 */
export function pushTarget(text: string, hosts: readonly PushHost[]): PushTarget | PushRefusal {
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return refuse(`url is no https address of at most ${LONGEST_URL} characters`);
  if (url.username !== "" || url.password !== "")
    return refuse("url holds a user or a password; write them into authentication");
  url.hash = "";
  const host = bareHost(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (port !== "443" && port !== "80" && Number(port) < LOWEST_FREE_PORT)
    return refuse(`port ${port} is not allowed; 80, 443 and those from ${LOWEST_FREE_PORT} on are`);
  const listed = hosts.find((one) => isNamed(host, port, one));
  if (listed === undefined && url.protocol !== "https:") return refuse(`url is not https; ${LISTED}`);
  const target = { kind: "target", url: url.href, host, listed } as const;
  const isLiteral = url.hostname.startsWith("[") || /^[\d.]+$/.test(url.hostname);
  const isKnownBad = isLiteral ? !mayBeReached(target, host) : isMetadataName(host);
  return isKnownBad ? UNREACHABLE : target;
}

/** Why an address was refused that is there, or is not: the same words, so that nobody learns which private names there are. */
export const UNREACHABLE: PushRefusal = {
  kind: "refused",
  words:
    "the host of url does not resolve, or not to public addresses alone; hosts of a private network have to be named in PUSH_HOSTS",
};
const LISTED = "only hosts that the operator named in PUSH_HOSTS may be told by http";

/** Whether one of the target's addresses may be reached; asked for each connection, on the very address that it goes to. */
export function mayBeReached({ listed }: Pick<PushTarget, "listed">, address: string): boolean {
  const kind: AddressKind = addressKind(address);
  switch (kind) {
    case "public":
      return true;
    case "private":
      return listed !== undefined;
    case "loopback":
      // A name in the network may be pointed at this machine by whoever owns the name.
      return listed !== undefined && (listed.name === "localhost" || addressKind(listed.name) === "loopback");
    case "forbidden":
      return false;
    default:
      return kind satisfies never;
  }
}

function isNamed(host: string, port: string, { name, isSuffix, port: wanted }: PushHost): boolean {
  if (wanted !== undefined && wanted !== port) return false;
  return isSuffix ? host.endsWith(`.${name}`) : host === name;
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

function refuse(words: string): PushRefusal {
  return { kind: "refused", words };
}
