import * as z from "zod";

/** Most hops of a chain, and characters of each name. */
const MOST_HOPS = 8;
const LONGEST_NAME = 256;

const Name = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens */
const Bound = z.object({ namespace: Name, serviceaccount: z.object({ name: Name }) });

/** The namespace and the ServiceAccount of a token's claims; undefined where they name none. The signature was checked. */
export function workloadOf(
  kind: "kubernetes" | "spiffe",
  claims: Readonly<Record<string, unknown>>,
): { readonly namespace: string; readonly serviceAccount: string } | undefined {
  const { sub } = claims;
  if (typeof sub !== "string") return undefined;
  if (kind === "spiffe") return ofSpiffeId(sub);
  const { data } = Bound.safeParse(claims["kubernetes.io"]);
  if (data === undefined) return undefined;
  const found = { namespace: data.namespace, serviceAccount: data.serviceaccount.name };
  return sub === `system:serviceaccount:${found.namespace}:${found.serviceAccount}` ? found : undefined;
}

/** `spiffe://<trust domain>/ns/<namespace>/sa/<ServiceAccount>`, as SPIRE names workloads of Kubernetes. */
function ofSpiffeId(sub: string) {
  if (sub.length > 2048) return undefined;
  const parts = sub.split("/");
  const [scheme, empty, domain = "", ns, namespace, sa, serviceAccount, ...more] = parts;
  if (scheme !== "spiffe:" || empty !== "" || domain === "" || ns !== "ns" || sa !== "sa" || more.length > 0)
    return undefined;
  const isNamed = Name.safeParse(namespace).success && Name.safeParse(serviceAccount).success;
  return isNamed && namespace !== undefined && serviceAccount !== undefined ? { namespace, serviceAccount } : undefined;
}

/**
 * On whose behalf a token was issued, the nearest first: `act.sub`, `act.act.sub`, … (RFC 8693, section 4.1). At most eight hops, each on
 * one line; what is longer or has another shape ends the list.
 */
export function actChain(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const chain: string[] = [];
  let next: unknown = claims.act;
  while (typeof next === "object" && next !== null && chain.length < MOST_HOPS) {
    const sub: unknown = Reflect.get(next, "sub");
    if (typeof sub !== "string" || sub.length > LONGEST_NAME || !/^[\x21-\x7e]+$/.test(sub)) break;
    chain.push(sub);
    next = Reflect.get(next, "act");
  }
  return chain;
}
