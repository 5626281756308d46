import { generateKeyPairSync, sign } from "node:crypto";

/** Who gives tokens for a registry, as distribution's token specification says. */
export interface TokenIssuer {
  readonly service: string;
  readonly issuer: string;
  /** The public key, for the registry's configuration. */
  readonly jwks: string;
  /** A token for a scope such as `repository:acme/a:pull`. */
  tokenFor(scope: string): string;
}

/** An issuer with a key of its own. */
export function createTokenIssuer(service: string): TokenIssuer {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    service,
    issuer: "issuer.test",
    jwks: JSON.stringify({ keys: [key] }),
    tokenFor(scope) {
      const [type, name, actions = ""] = scope.split(":");
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        ...{ iss: "issuer.test", sub: "robin", aud: service, iat: now, nbf: now - 10, exp: now + 300, jti: "1" },
        access: [{ type, name, actions: actions.split(",") }],
      };
      const text = `${encoded({ typ: "JWT", alg: "ES256", kid: "one" })}.${encoded(claims)}`;
      const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
      return `${text}.${signature.toString("base64url")}`;
    },
  };
}
