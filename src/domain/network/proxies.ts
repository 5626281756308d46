/** Proxies of the environment, and the hosts that are reached without one. */
export interface Proxies {
  /** Address of the proxy for http, and for https; undefined: there is none. It may hold a user and a password. */
  readonly http: string | undefined;
  readonly https: string | undefined;
  readonly except: readonly string[];
}

/** Most entries of NO_PROXY. */
const MOST_EXCEPTIONS = 1000;

/**
 * What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the same in lower case, say for every connection that RAOS
 * makes. A SOCKS proxy in ALL_PROXY is not used. The problem names the variable, never its value.
 */
export function readProxies(
  env: Readonly<Record<string, string | undefined>>,
): Proxies | { readonly kind: "problem"; readonly problem: string } {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || "";
  const wrong = ["HTTPS_PROXY", "HTTP_PROXY"].find((name) => read(name) !== "" && !isHttp(read(name)));
  if (wrong !== undefined)
    return { kind: "problem", problem: `${wrong} is not an http(s) address; write http://proxy.acme.example:3128` };
  const all = isHttp(read("ALL_PROXY")) ? read("ALL_PROXY") : undefined;
  const except = read("NO_PROXY").slice(0, 65_536).toLowerCase().split(/[\s,]/).slice(0, MOST_EXCEPTIONS);
  return {
    http: read("HTTP_PROXY") || all,
    https: read("HTTPS_PROXY") || all,
    except: except.filter((entry) => entry !== ""),
  };
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/**
 * The proxy through which an address is reached; undefined: without one. Loopback is never reached through a proxy. Entries of
 * NO_PROXY are hosts (with all below them), `*`, addresses and CIDR blocks, each with or without a port, as Go's programs and
 * curl read them.
 */
export function proxyFor(address: string, { http, https, except }: Proxies): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const proxy = url?.protocol === "https:" ? https : url?.protocol === "http:" ? http : undefined;
  if (url === undefined || proxy === undefined) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return isLoopback(host) || except.some((entry) => isExcepted(host, port, entry)) ? undefined : proxy;
}

function isLoopback(host: string): boolean {
  return (
    host === "localhost" || host === "::1" || (bitsOf(host)?.startsWith("01111111") === true && host.includes("."))
  );
}

function isExcepted(host: string, port: string, entry: string): boolean {
  if (entry === "*") return true;
  const [, bare = entry, wantedPort] = /^(\[[^\]]{1,100}\]|[^:]{1,300}):(\d{1,5})$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const [name = "", length] = bare.replace(/[[\]]/g, "").split("/");
  const bits = bitsOf(name);
  if (bits !== undefined) {
    const own = bitsOf(host);
    const shared = length === undefined ? bits.length : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    return own?.length === bits.length && shared <= bits.length && own.startsWith(bits.slice(0, shared));
  }
  const suffix = name.replace(/^\*?\./, "").replace(/\.$/, "");
  return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
}

/** The bits of an IP address; undefined for a name. */
function bitsOf(host: string): string | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) {
    const bytes = host.split(".").map(Number);
    return bytes.every((byte) => byte < 256)
      ? bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("")
      : undefined;
  }
  if (!host.includes(":") || host.length > 45 || !URL.canParse(`http://[${host}]/`)) return undefined;
  // The URL parser writes it in one form: groups of hex digits, one run of zeros left out.
  const [head = "", tail] = new URL(`http://[${host}]/`).hostname.slice(1, -1).split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0"))
    .join("");
}
