import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const ISSUER = "https://kubernetes.default.svc";

/** The claims of a token that a cluster issues for a ServiceAccount, for RAOS. */
export function claimsOf(namespace: string, name: string) {
  return {
    iss: ISSUER,
    aud: "raos",
    sub: `system:serviceaccount:${namespace}:${name}`,
    "kubernetes.io": { namespace, serviceaccount: { name, uid: "1" } },
  };
}

export const CLAIMS = claimsOf("acme", "triage");

/** A key as a cluster has one: its public half as a key set, and a function that signs claims, valid for an hour from now. */
export async function signingKey(kid = "key-1") {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  const sign = (claims: Readonly<Record<string, unknown>>, now = Date.now()) => {
    const seconds = Math.floor(now / 1000);
    const whole = { exp: seconds + 3600, iat: seconds, nbf: seconds, ...claims };
    const given = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
    return new SignJWT(given).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);
  };
  return { jwks: JSON.stringify({ keys: [jwk] }), jwk, sign, publicKey };
}
