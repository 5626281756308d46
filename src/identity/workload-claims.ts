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

/** One actor: https://www.rfc-editor.org/rfc/rfc8693#section-4.1. Another issuer's names are told apart by it. */
const Actor = z.object({ sub: z.string(), iss: z.string().optional(), act: z.unknown().optional() });

/**
 * Who acts for the workload that a token is of, the present actor first and those before it after that: `act.sub`, `act.act.sub`, …, each
 * on one line, with the issuer where one is named. Undefined where an actor has no name, or there are more than eight: who acts has to
 * be told in full. What is not signed never says it.
 */
export function actChain(claims: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const chain: string[] = [];
  let next = claims.act;
  while (next !== undefined) {
    const { data } = Actor.safeParse(next);
    if (data === undefined || chain.length === MOST_HOPS) return undefined;
    const name = data.iss === undefined ? data.sub : `${data.sub} (${data.iss})`;
    if (name.length > LONGEST_NAME || ![data.sub, data.iss ?? "-"].every((part) => /^[\x21-\x7e]+$/.test(part)))
      return undefined;
    chain.push(name);
    next = data.act;
  }
  return chain;
}
