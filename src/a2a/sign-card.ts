import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { type AgentCardSignatureGenerator, generateAgentCardSignature } from "@a2a-js/sdk";
import { calculateJwkThumbprint, exportJWK, type JWK } from "jose";

/** What signs the card, and the key by which others check it. */
export interface CardSigner {
  /** `jku`: where the key set is. */
  sign(jku: string): AgentCardSignatureGenerator;
  readonly keys: { readonly keys: readonly JWK[] };
}

/** A signer from a private key in PEM: EC on P-256, Ed25519 or RSA. Throws TypeError for any other text. */
export async function createCardSigner(pem: string): Promise<CardSigner> {
  const key = createPrivateKey(pem);
  const alg = algorithmOf(key);
  if (alg === undefined) throw new TypeError("the key must be EC on P-256, Ed25519, or RSA of 2,048 bits and more");
  const jwk = await exportJWK(createPublicKey(key));
  const kid = await calculateJwkThumbprint(jwk);
  return {
    sign: (jku) => generateAgentCardSignature(key, { alg, kid, jku, typ: "JOSE" }),
    keys: { keys: [{ ...jwk, kid, alg, use: "sig" }] },
  };
}

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === "ec") return details?.namedCurve === "prime256v1" ? "ES256" : undefined;
  if (type === "ed25519") return "EdDSA";
  return type === "rsa" && (details?.modulusLength ?? 0) >= 2048 ? "RS256" : undefined;
}
