import { proxyFor, readProxies } from "../../domain/network/proxies.ts";
import { type GitPlace, gitEnvironment, type ProcessEnvironment } from "../git-place.ts";

export interface MirrorOptions {
  readonly outside: ProcessEnvironment;
  /** Folder of the mirrors; everything in it can be fetched again. */
  readonly cache: string;
  /** Asked for at each fetch and push; a token, sent as GitHub takes it (user `x-access-token`). */
  readonly credential: (() => Promise<string | undefined>) | undefined;
  /** PEM file of certificate authorities, instead of the system's. */
  readonly certificates: string | undefined;
}

/** A mirror, and the remote that it is a copy of. */
export interface RemoteTarget {
  readonly place: GitPlace;
  readonly url: URL;
  readonly settings: Readonly<Record<string, string>>;
  readonly options: MirrorOptions;
}

/** A mirror whose Git commands may talk to its remote, and the texts that no message may show. */
export interface RemotePlace {
  readonly place: GitPlace;
  readonly secrets: readonly (string | undefined)[];
}

/**
 * The mirror with what its remote needs: the credential, for the remote's own scheme, host and port alone, and the proxy. All of
 * it is in the environment, since other users of the machine can read a program's arguments. Throws what `credential` throws.
 */
export async function remotePlace({ place, url, settings, options }: RemoteTarget): Promise<RemotePlace> {
  const secret = await options.credential?.();
  const encoded = secret === undefined ? undefined : Buffer.from(`x-access-token:${secret}`).toString("base64");
  const header = { [`http.${url.origin}/.extraHeader`]: `Authorization: Basic ${encoded}` };
  // Decided here as for every other client; an empty one turns proxies off.
  const proxies = readProxies(options.outside);
  const proxy = "problem" in proxies ? undefined : proxyFor(url.href, proxies);
  const through = { ...settings, "http.proxy": proxy ?? "" };
  const authorized = encoded === undefined ? through : { ...through, ...header };
  const env = gitEnvironment(options.outside, url.protocol.slice(0, -1), authorized);
  return { place: { ...place, env }, secrets: [secret, encoded, proxy] };
}
