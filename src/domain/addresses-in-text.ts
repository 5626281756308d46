import { isMetadataName } from "./metadata-services.ts";

/** Longest text that is searched, and most addresses that are found in one. */
const LONGEST = 65_536;
const MOST = 64;

/**
 * The addresses that a text of a component's metadata, an environment variable or an argument names: URLs, `user@host`,
 * what a connection string has under `host`, `server` or `endpoint`, IPv4 addresses, and, where the name it stands under is
 * a host's, each entry of the list that it is. Linear in the text, of which the first 65,536 characters are read.
 */
export function addressesIn(name: string, value: string): readonly string[] {
  const plain = plainName(name);
  // What a proxy is not asked for is not what the agent asks.
  if (plain.endsWith("noproxy")) return [];
  const text = value.slice(0, LONGEST);
  const found = [...ofTokens(text), ...ofConnection(text), ...(HOST_NAME.test(plain) ? ofList(text) : [])];
  return [...new Set(found)].slice(0, MOST);
}

const HOST_NAME =
  /(?:host|hosts|hostname|server|servers|broker|brokers|endpoint|endpoints|address|addresses|addr|addrs|url|urls|uri|node|nodes|contactpoints|nameserver|nameservers|proxy|base)$/;

/** A name without its case and signs. */
function plainName(name: string): string {
  return name
    .slice(-128)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}

function ofList(text: string): readonly string[] {
  return text.split(/[\s,;|]+/).filter((entry) => entry !== "" && entry.length <= 512 && !entry.includes("="));
}

/** Parts of a text that show by themselves that they are addresses. */
function ofTokens(text: string): readonly string[] {
  return text.split(/[\s"'`<>|]+/).flatMap((token) => {
    if (token.length > 4096) return [];
    const scheme = /(?:^|[=(:,;])([a-z][a-z0-9+.-]{0,31}:\/\/)/i.exec(token);
    if (scheme !== null) return ofUrl(token.slice(scheme.index + scheme[0].length - (scheme[1] ?? "").length));
    const at = /@(?:[a-z]{1,8}\()?([^\s/()@,;:?#]+(?::\d{1,5})?)/i.exec(token)?.[1];
    const plain = token
      .split(/[=,;()/]+/)
      .filter((part) => IPV4.test(part) || (part.includes(".") && isMetadataName(hostOf(part))));
    return at === undefined || IMAGE.test(at) ? plain : [at, ...plain];
  });
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$/;
/** `image@sha256:…` names a digest, no host. */
const IMAGE = /^sha\d{3}(?::|$)/;

function hostOf(part: string): string {
  return part
    .toLowerCase()
    .replace(/:\d{1,5}$/, "")
    .replace(/\.$/, "");
}

/** A URL's own address, and those of the further hosts that drivers of databases take in one. */
function ofUrl(url: string): readonly string[] {
  const [, scheme = "", authority = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#;\\]*)([^;]*)/i.exec(url) ?? [];
  const hosts = authority.slice(authority.lastIndexOf("@") + 1).split(",");
  return hosts.flatMap((host, index) => (host === "" ? [] : [`${scheme}${host}${index === 0 ? rest : ""}`]));
}

const CONNECTION =
  /(?:^|[\s;,&?])(?:host|hostaddr|server|data source|datasource|address|addr|network address|[a-z]{0,16}endpoint)\s{0,4}=\s{0,4}"?([^\s;&"]{1,512})/gi;

/** What connection strings name: `host=pg`, `Server=tcp:sql,1433`, `Endpoint=sb://bus.servicebus.windows.net/`. */
function ofConnection(text: string): readonly string[] {
  return [...text.matchAll(CONNECTION)].flatMap(([, value = ""]) => {
    if (value.includes("://")) return ofUrl(value);
    const plain = value.replace(/^(?:tcp|np|lpc|admin):/i, "").split("\\", 1)[0] ?? "";
    const [host = "", ...others] = plain.split(",");
    const ports = others.every((other) => /^\d{1,5}$/.test(other));
    return ports && others.length > 0 ? [`${host}:${others[0]}`] : [host, ...others].filter((each) => each !== "");
  });
}
