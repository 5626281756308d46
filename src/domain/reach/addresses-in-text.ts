import { isMetadataName } from "./metadata-services.ts";

/** Longest text that is searched, and most addresses that are found in one. */
const LONGEST = 65_536;
const MOST = 64;

/**
 * The addresses in a value of a component's metadata, an environment variable or an argument: URLs, `user@host`, IPv4 addresses,
 * the `host`, `server` or `endpoint` of a connection string, and, where `name` is that of a host, each entry of the value as a
 * list. Reads the first 65,536 characters, in time proportional to them.
 */
export function addressesIn(name: string, value: string): readonly string[] {
  const plain = plainName(name);
  // NO_PROXY lists hosts for which no proxy is used: the agent does not call them because of it.
  if (plain.endsWith("noproxy")) return [];
  const text = value.slice(0, LONGEST);
  const found = [
    ...addressesOfTokens(text),
    ...addressesOfConnection(text),
    ...(HOST_NAME.test(plain) ? addressesOfList(text) : []),
  ];
  return [...new Set(found)].slice(0, MOST);
}

const HOST_NAME =
  /(?:host|hosts|hostname|server|servers|broker|brokers|endpoint|endpoints|address|addresses|addr|addrs|url|urls|uri|node|nodes|contactpoints|nameserver|nameservers|proxy|base)$/;

/** A name in lower case, without signs. */
function plainName(name: string): string {
  return name
    .slice(-128)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}

function addressesOfList(text: string): readonly string[] {
  return text.split(/[\s,;|]+/).filter((entry) => entry !== "" && entry.length <= 512 && !entry.includes("="));
}

/** Parts of a text that are addresses, whatever the text's name is. */
function addressesOfTokens(text: string): readonly string[] {
  return text.split(/[\s"'`<>|]+/).flatMap((token) => {
    if (token.length > 4096) return [];
    const scheme = /(?:^|[=(:,;])([a-z][a-z0-9+.-]{0,31}:\/\/)/i.exec(token);
    if (scheme !== null) return addressesOfUrl(token.slice(scheme.index + scheme[0].length - (scheme[1] ?? "").length));
    const at = /@(?:[a-z]{1,8}\()?([^\s/()@,;:?#]+(?::\d{1,5})?)/i.exec(token)?.[1];
    const plain = token
      .split(/[=,;()/]+/)
      .filter((part) => IPV4.test(part) || (part.includes(".") && isMetadataName(hostOf(part))));
    return at === undefined || IMAGE.test(at) ? plain : [at, ...plain];
  });
}

const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$/;
/** `image@sha256:…` names a digest and not a host. */
const IMAGE = /^sha\d{3}(?::|$)/;

function hostOf(part: string): string {
  return part
    .toLowerCase()
    .replace(/:\d{1,5}$/, "")
    .replace(/\.$/, "");
}

/** The address of a URL, and those of further hosts, which database drivers accept in one URL. */
function addressesOfUrl(url: string): readonly string[] {
  const [, scheme = "", authority = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#;\\]*)([^;]*)/i.exec(url) ?? [];
  const hosts = authority.slice(authority.lastIndexOf("@") + 1).split(",");
  return hosts.flatMap((host, index) => (host === "" ? [] : [`${scheme}${host}${index === 0 ? rest : ""}`]));
}

const CONNECTION =
  /(?:^|[\s;,&?])(?:host|hostaddr|server|data source|datasource|address|addr|network address|[a-z]{0,16}endpoint)\s{0,4}=\s{0,4}"?([^\s;&"]{1,512})/gi;

/** The addresses in connection strings: `host=pg`, `Server=tcp:sql,1433`, `Endpoint=sb://bus.servicebus.windows.net/`. */
function addressesOfConnection(text: string): readonly string[] {
  return [...text.matchAll(CONNECTION)].flatMap(([, value = ""]) => {
    if (value.includes("://")) return addressesOfUrl(value);
    const plain = value.replace(/^(?:tcp|np|lpc|admin):/i, "").split("\\", 1)[0] ?? "";
    const [host = "", ...others] = plain.split(",");
    const ports = others.every((other) => /^\d{1,5}$/.test(other));
    return ports && others.length > 0 ? [`${host}:${others[0]}`] : [host, ...others].filter((each) => each !== "");
  });
}
