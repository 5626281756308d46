import type { Principal } from "../domain/request/principal.ts";
import type { HeldScopes } from "./scopes.ts";

/**
 * Who sent a request, as a credential proves it. A workload is an agent whose name only a repository knows: a token of a cluster names
 * a namespace and a ServiceAccount. `trusted`: the operator of this process named the person; else the forge says who it is.
 */
export type Caller =
  | {
      readonly kind: "principal";
      readonly principal: Principal;
      readonly trusted: boolean;
      readonly scopes: HeldScopes;
    }
  | ProvenWorkload;

/** A ServiceAccount in the cluster of an environment. */
export interface ProvenWorkload {
  readonly kind: "workload";
  readonly environment: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Who acts for it, the present actor first (RFC 8693, `act`); recorded, and never a reason to allow more. */
  readonly chain: readonly string[];
  readonly scopes: HeldScopes;
}

/** Names who asks, whatever scopes the credential has: what somebody began with one they may end with another. Does not leave. */
export function callerId(caller: Caller): string {
  const { scopes: _, ...who } = caller;
  return JSON.stringify(who);
}

/** Why somebody is not let in. */
export type IdentityRefusalReason =
  | "no-token"
  | "unknown-token"
  | "unreadable-token"
  | "wrong-algorithm"
  | "unknown-issuer"
  | "bad-signature"
  | "expired"
  | "not-yet-valid"
  | "wrong-audience"
  | "not-a-workload"
  | "keys-unavailable"
  | "forge-unavailable"
  | "unknown-agent";

/** A refusal that the caller can act on; `status` is that of HTTP. */
export interface IdentityRefusal {
  readonly kind: "refused";
  readonly status: 401 | 403 | 503;
  readonly reason: IdentityRefusalReason;
  /** Without any part of the token. */
  readonly message: string;
}

/** A refusal; a token that is not accepted is 401. */
export function refuseCaller(
  reason: IdentityRefusalReason,
  message: string,
  status: IdentityRefusal["status"] = 401,
): IdentityRefusal {
  return { kind: "refused", status, reason, message };
}
