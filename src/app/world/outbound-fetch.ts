import { ProxyAgent, fetch as sendThrough } from "undici";
import { type Proxies, proxyFor, readProxies } from "../../domain/network/proxies.ts";
import { type Shell, UsageError } from "../shell.ts";

/** The proxies of the environment. Throws UsageError, which holds no value, where one is no http(s) address. */
export function proxiesIn(env: Shell["env"]): Proxies {
  const found = readProxies(env);
  if ("problem" in found) throw new UsageError(found.problem);
  return found;
}

/**
 * The `fetch` of every client that has no certificates of its own: GitHub's and the model's. It sends each request through the
 * proxy that the environment names for its address. Throws UsageError as `proxiesIn` does.
 */
export function outboundFetch(env: Shell["env"]): typeof fetch {
  const proxies = proxiesIn(env);
  if (proxies.http === undefined && proxies.https === undefined) return fetch;
  const agents = new Map<string, ProxyAgent>();
  return async (target, init) => {
    const { body, method = "GET", redirect = "follow", signal = null } = init ?? {};
    // None of these clients sends a Request or a body that is no text, which undici could not take from Node's own fetch.
    const isPlain = !(target instanceof Request) && (typeof body === "string" || body === null || body === undefined);
    const uri = isPlain ? proxyFor(String(target), proxies) : undefined;
    if (!isPlain || uri === undefined) return fetch(target, init);
    const dispatcher = agents.get(uri) ?? new ProxyAgent({ uri });
    agents.set(uri, dispatcher);
    const headers = [...new Headers(init?.headers)];
    return sendThrough(target, { method, headers, redirect, signal, body: body ?? null, dispatcher });
  };
}
