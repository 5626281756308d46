import { imageReference } from "../../domain/values/image.ts";

/** Where a registry answers about one repository of images. */
export interface RegistryPlace {
  /** The registry as people and Docker's configuration name it, such as `ghcr.io` or `docker.io`. */
  readonly host: string;
  /** Scheme, host and port; http only on loopback. */
  readonly origin: string;
  /** Name of the repository in the registry, such as `library/redis`. */
  readonly repository: string;
}

/** The place of an image, by the rules of Docker: Docker Hub answers at another host than images name. */
export function registryPlace(image: string): RegistryPlace {
  const { name, registry } = imageReference(image);
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const scheme = isLoopbackHost(host.replace(/:\d{1,5}$/, "")) ? "http" : "https";
  return { host: registry, origin: `${scheme}://${host}`, repository: name.slice(registry.length + 1) };
}

/**
 * Whether a registry may send RAOS to another address, as the realm of its tokens or by a redirect. That has to be https; only a
 * registry on loopback may name another address of loopback, over http, too. No registry may name an IP address or this machine in
 * place of a host: it would have RAOS ask for it inside of the network.
 */
export function mayBeSentTo(address: string, from: Pick<RegistryPlace, "origin">): boolean {
  const [url, home] = [URL.parse(address), new URL(from.origin)];
  if (url === null || `${url.username}${url.password}` !== "") return false;
  if (url.hostname === home.hostname && url.protocol === home.protocol) return true;
  if (isLoopbackHost(home.hostname)) return isLoopbackHost(url.hostname) && /^https?:$/.test(url.protocol);
  return url.protocol === "https:" && !isAddress(url.hostname);
}

/** An IP address in the form that URL gives it, or a name of this machine. */
function isAddress(host: string): boolean {
  return host.startsWith("[") || /^[\d.]{7,15}$/.test(host) || /(?:^|\.)localhost\.?$/.test(host);
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
