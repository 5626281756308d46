import { decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { type IdentityRefusal, type ProvenWorkload, refuseCaller } from "./caller.ts";
import type { Issuer } from "./issuers.ts";
import { KeysUnavailable } from "./key-source.ts";
import { scopesOfClaims } from "./scopes.ts";
import { actChain, workloadOf } from "./workload-claims.ts";

/** Whom a token must be for. */
export const AUDIENCE = "raos";

/** Signatures with a public key alone: `none` proves nothing, and an HMAC could be made with the public key. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Seconds by which clocks may differ. */
const CLOCK_SKEW = 30;

/** An issuer with its keys. */
export interface TrustedIssuer extends Issuer {
  readonly find: JWTVerifyGetKey;
}

/**
 * The workload that a signed token proves: its issuer is one of `issuers`, its signature is of that issuer's keys, it is for `raos`, and
 * it is valid now. Never throws.
 */
export async function verifyWorkloadToken(
  token: string,
  issuers: readonly TrustedIssuer[],
  now: number,
): Promise<ProvenWorkload | IdentityRefusal> {
  let said: unknown;
  try {
    said = decodeJwt(token).iss;
  } catch {
    return refuseCaller("unreadable-token", "the token is neither known nor a JSON Web Token");
  }
  const issuer = issuers.find((one) => one.issuer === said);
  if (issuer === undefined)
    return refuseCaller("unknown-issuer", "the token's issuer is none of those that AGENT_ISSUERS names");
  try {
    const { payload } = await jwtVerify(token, issuer.find, {
      issuer: issuer.issuer,
      audience: AUDIENCE,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW,
      currentDate: new Date(now),
      requiredClaims: ["exp", "sub"],
    });
    const workload = workloadOf(issuer.kind, payload);
    if (workload === undefined)
      return refuseCaller("not-a-workload", "the token names no namespace and ServiceAccount");
    const chain = actChain(payload);
    if (chain === undefined)
      return refuseCaller("unreadable-token", "the token's claim act names actors without a name, or more than eight");
    const { environment } = issuer;
    return { kind: "workload", environment, ...workload, chain, scopes: scopesOfClaims(payload) };
  } catch (error) {
    return refusalOf(error, issuer);
  }
}

function refusalOf(error: unknown, { environment }: Issuer): IdentityRefusal {
  if (error instanceof errors.JWTExpired) return refuseCaller("expired", "the token has expired; read the newest one");
  if (error instanceof errors.JWTClaimValidationFailed) return refusalOfClaim(error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refuseCaller("wrong-algorithm", "the token is signed by an algorithm that is not accepted");
  if (error instanceof KeysUnavailable || error instanceof errors.JWKSTimeout)
    return refuseCaller("keys-unavailable", `the keys of ${environment} cannot be read now; try again`, 503);
  return refuseCaller("bad-signature", `the token is not signed by a key of the issuer of ${environment}`);
}

function refusalOfClaim(claim: string): IdentityRefusal {
  if (claim === "aud")
    return refuseCaller("wrong-audience", `the token is for somebody else; ask for one with the audience ${AUDIENCE}`);
  if (claim === "nbf") return refuseCaller("not-yet-valid", "the token is not valid yet");
  return refuseCaller("unreadable-token", `the token's claim ${claim.slice(0, 20)} is missing or wrong`);
}
