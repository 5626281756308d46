import type { Issuer } from "../../../identity/issuers.ts";
import { KeysUnavailable, readKeySet } from "../../../identity/key-source.ts";
import type { Finding } from "../finding.ts";

/** Members of a key that are its private half. https://www.rfc-editor.org/rfc/rfc7518#section-6 */
const PRIVATE = ["d", "k", "p", "q"];

/** Whether the keys by which the tokens of an environment's agents are checked can be read now. */
export async function issuerFinding({ issuer, keys }: Issuer, send: typeof fetch): Promise<Omit<Finding, "check">> {
  const where = keys.kind === "file" ? keys.path : shown(keys.url);
  try {
    const set = await readKeySet(keys, send);
    if (set.keys.some((key) => PRIVATE.some((name) => Object.hasOwn(key, name))))
      return {
        ...{ status: "failed", message: `${where} holds a private key, with which anybody who reads it is any agent` },
        fix: "put public keys alone there, and give the issuer a new key",
      };
    const count = set.keys.length === 1 ? "1 key" : `${set.keys.length} keys`;
    return set.keys.length === 0
      ? { status: "failed", message: `${where} holds no key, so that no token of ${issuer} is accepted`, fix: REFRESH }
      : { status: "ok", message: `${count} at ${where} for tokens of ${issuer}` };
  } catch (error) {
    if (!(error instanceof KeysUnavailable)) throw error;
    const fix =
      keys.kind === "file"
        ? REFRESH
        : "see whether jwksUrl is right, whether the network policy and the proxy let this machine reach it, and whether anybody may read it; else use jwksFile";
    return { status: "failed", message: `${error.message}, so that no token of ${issuer} is accepted`, fix };
  }
}

const REFRESH =
  "write the cluster's key set there: kubectl get --raw /openid/v1/jwks (api.issuers[].jwksConfigMap in the chart)";

/** Without a query, which may hold a secret. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
