import { Agent, type Dispatcher, fetch, ProxyAgent } from "undici";
import { type Proxies, proxyFor } from "../../../domain/network/proxies.ts";
import type { SourceFetch } from "../../../observe/read-options.ts";

/** Certificates in PEM. */
export interface SourceTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/**
 * The function that sends requests to an address with these certificates, through the proxy of its scheme; undefined where none
 * of them is needed.
 */
export function sourceFetch(address: string, tls: SourceTls, proxies: Proxies): SourceFetch | undefined {
  const connect = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  const uri = proxyFor(address, proxies);
  if (Object.keys(connect).length === 0 && uri === undefined) return undefined;
  const dispatcher: Dispatcher =
    uri === undefined ? new Agent({ connect }) : new ProxyAgent({ uri, requestTls: connect });
  return (url, init) => fetch(url, { ...init, dispatcher });
}
