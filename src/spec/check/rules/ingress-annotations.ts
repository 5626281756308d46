import type { Config } from "../../../domain/kinds/kinds.ts";
import { covers, reservedBy } from "../../../domain/reserved-labels.ts";

/** What ingress controllers read of an Ingress, and cert-manager to make its certificate. */
const CONTROLLERS = [
  "nginx.ingress.kubernetes.io/",
  "nginx.org/",
  "haproxy.org/",
  "haproxy-ingress.github.io/",
  "traefik.ingress.kubernetes.io/",
  "alb.ingress.kubernetes.io/",
  "konghq.com/",
  "cert-manager.io/",
];

/**
 * Annotations with which an Ingress reaches beyond its own host: a snippet is configuration of the controller itself, which reads
 * every namespace's Secrets (CVE-2021-25742); an alias is another host; a mirror or a group sends or takes others' calls.
 */
const BEYOND = /snippet|server-alias|mirror-|group\.name|\/auth-(?:url|signin)|default-backend|\/plugins$/;

/** Why an agent may not set an annotation on its Ingress; undefined where it may. `allowed` is what the tenant's file names. */
export function ingressAnnotationFault(
  key: string,
  {
    config,
    tenant,
    allowed,
  }: { readonly config: Config; readonly tenant: string; readonly allowed: readonly string[] },
): string | undefined {
  if (allowed.some((entry) => covers(entry, key))) return undefined;
  const ask = `remove it, or let the platform team add ${key} to spec.ingressAnnotations in tenants/${tenant}.yaml`;
  if (BEYOND.test(key)) return `${key} reaches beyond this host; ${ask}`;
  if (CONTROLLERS.some((entry) => covers(entry, key))) return undefined;
  const by = reservedBy(key, config);
  return by === undefined ? undefined : `annotation ${key} is set or read by ${by}; ${ask}`;
}
